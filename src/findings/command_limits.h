/* How long a command line may be where it stands: RFC 5321's 512 octets, and what each extension
 * that the server offered adds for this verb (extensions.c). */
#ifndef SMTPSCOPE_FINDINGS_COMMAND_LIMITS_H
#define SMTPSCOPE_FINDINGS_COMMAND_LIMITS_H

#include "findings/look.h"
#include "findings/sentence.h"

enum {
    COMMAND_LINE_MAX = 512, /* RFC 5321 4.5.3.1.4, CRLF included */
    REPLY_LINE_MAX = 512,   /* RFC 5321 4.5.3.1.5, CRLF included */
    /* RFC 4954 4: "12288 octets is considered to be a sufficient line length limit for handling of
     * deployed authentication mechanisms", the base64 of challenges and answers. AUTH itself "is
     * still subject to the line length limitations defined in [SMTP]". */
    SASL_LINE_MAX = 12288,
};

/* The limit for a command or SASL entry, given what was offered before it. Where that is not known
 * every allowance is granted. A parameter that extensions.c does not know is granted the length it
 * has, where the server offered something of its name. */
uint64_t command_limit(const struct entry *entry, const struct hello *hello);

/* The limit and why it is that: "538 (512, 26 for SIZE by RFC 1870 3)", "512 (no extension that was
 * offered lengthens it)". */
void command_limit_explain(struct sentence *out, const struct entry *entry,
                           const struct hello *hello);

#endif
