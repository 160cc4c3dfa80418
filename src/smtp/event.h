/* What the dialogue tells whoever follows a session. Slices live during the call only. */
#ifndef SMTPSCOPE_SMTP_EVENT_H
#define SMTPSCOPE_SMTP_EVENT_H

#include <stdbool.h>

#include "base/chunk.h"
#include "base/reply_code.h"
#include "base/status.h"
#include "smtp/verb.h"

enum smtp_event_kind {
    SMTP_EVENT_COMMAND,
    SMTP_EVENT_SASL,         /* the client's answer to a 334 challenge (RFC 4954 4) */
    SMTP_EVENT_REPLY,        /* all lines of a reply together */
    SMTP_EVENT_CONTENT,      /* a whole DATA body or BDAT chunk, or what there was of it */
    SMTP_EVENT_REATTRIBUTED, /* an earlier reply turned out to answer an earlier end of data */
    SMTP_EVENT_OPAQUE,       /* octets of TLS, one direction */
    SMTP_EVENT_GAP,          /* octets the capture does not hold */
    SMTP_EVENT_LIMIT,        /* a limit of base/limits.h was reached */
};

enum line_end {
    LINE_END_CRLF,
    LINE_END_LF,
    LINE_END_CR,
    LINE_END_NONE, /* the connection ended, or the capture has a hole there */
};

/* What was noticed of the octets of a line, a reply or a content: findings are made of them. */
enum mark {
    MARK_BARE_LF = 1 << 0, /* a line end that is LF alone */
    MARK_BARE_CR = 1 << 1, /* a CR that no LF follows */
    MARK_NUL = 1 << 2,
    MARK_8BIT = 1 << 3,          /* an octet over 127 */
    MARK_LONG_LINE = 1 << 4,     /* reply: a line over 512 octets; content: over 1000 */
    MARK_NO_CODE = 1 << 5,       /* reply: a line without three digits */
    MARK_CODES_DIFFER = 1 << 6,  /* reply: lines with different codes */
    MARK_BAD_SEPARATOR = 1 << 7, /* reply: neither space nor hyphen after the code */
    MARK_LOOKALIKE = 1 << 8,     /* content: an end-of-data look-alike */
    MARK_REDACTED = 1 << 9,
    MARK_EARLY = 1 << 10,      /* command: sent before the greeting was captured */
    MARK_FORCED_END = 1 << 11, /* content: ended at a look-alike, as the server's replies showed */
    MARK_WHILE_CONTENT = 1 << 12, /* reply: it came while content was still being sent */
    MARK_AFTER_GAP = 1 << 13,     /* a hole touched it */
};

enum smtp_limit {
    SMTP_LIMIT_UNDECIDED = 1 << 0,   /* more held than LIMIT_UNDECIDED: success was assumed */
    SMTP_LIMIT_OUTSTANDING = 1 << 1, /* more commands unanswered than LIMIT_OUTSTANDING */
    SMTP_LIMIT_LINE = 1 << 2,        /* a line longer than LIMIT_LINE_KEPT */
    SMTP_LIMIT_REPLY = 1 << 3,       /* more lines or octets of a reply than are kept */
    SMTP_LIMIT_TEXT = 1 << 4,        /* a session's texts, messages or AUTH attempts are too many */
};

/* How often something happened in a content, and where first. */
struct sighting {
    uint64_t count;
    uint64_t offset; /* of the first, in octets of the content as sent */
    uint64_t frame;  /* of the first */
    uint32_t capture;
};

/* The ways a dot alone on its line may be framed; a reader that takes another than CRLF . CRLF for
 * the end of data can be smuggled a message (CVE-2023-51764). */
enum line_break {
    LINE_BREAK_CRLF,
    LINE_BREAK_LF,
    LINE_BREAK_CR,
    LINE_BREAK_CRCRLF,
    LINE_BREAK_COUNT,
};

enum {
    LOOKALIKE_BEFORE = 24, /* octets kept up to the end of a look-alike, and after it */
    LOOKALIKE_AFTER = 48,
};

struct lookalike {
    enum line_break before;
    enum line_break after;
    bool has_nul;            /* a NUL beside the dot */
    enum smtp_verb leads_to; /* the command that follows; VERB_NONE: none, or it is not seen */
    uint64_t offset;         /* of the break before the dot, in octets of the content as sent */
    uint64_t frame;          /* of its last octet */
    uint32_t capture;
    uint8_t skipped; /* lines before that command that are none */
    uint8_t octets_len;
    uint8_t octets[LOOKALIKE_BEFORE + LOOKALIKE_AFTER]; /* before, it, and what follows */
};

/* A field of the header section, unfolded not: its body as sent, line ends included. */
enum header_field {
    HEADER_FROM,
    HEADER_TO,
    HEADER_SUBJECT,
    HEADER_DATE,
    HEADER_MESSAGE_ID,
    HEADER_FIELD_COUNT,
};

struct content_facts {
    struct sighting bare_lf;
    struct sighting bare_cr;
    struct sighting nul;
    struct sighting eight_bit;
    struct sighting long_line;  /* over 1000 octets, CRLF counted, a stuffed dot not */
    struct sighting lookalikes; /* end-of-data look-alikes */
    struct lookalike lookalike; /* the first, or the first that leads to SMTP; where the content
                                   ended at one, that */
    uint32_t smuggled; /* messages that a reader of look-alikes finds behind them in this content */
    uint64_t longest_line;
    bool bare_lf_at_end; /* the line before the end of data, or the dot's, ended in LF */
};

struct smtp_command {
    enum smtp_verb verb;
    struct slice line; /* without its end, redacted; at most LIMIT_LINE_KEPT */
    enum line_end end;
    bool is_cut;            /* the line was longer than what is kept */
    struct slice mechanism; /* AUTH and its SASL lines: as sent */
    struct slice identity;  /* the user name where the line shows it; never a secret */
};

struct smtp_reply {
    unsigned code;                 /* of the last line; 0 where a line has no three digits */
    uint8_t code_text[3];          /* the three octets as sent (where there are three) */
    struct enhanced_code enhanced; /* of the last line that has one; class 0: none */
    const struct slice *lines;     /* text of each, code and separator removed, redacted */
    size_t line_count;
    uint64_t longest_line; /* octets, line end included */
    enum smtp_verb verb;   /* what it answers */
    uint64_t answers;      /* sequence of that event; 0: nothing, or the greeting */
    int64_t latency_ns;    /* from the last octet of what it answers; -1: not known */
    enum line_end end;     /* of its last line */
    bool is_cut;
};

struct smtp_content {
    enum smtp_verb verb;     /* DATA or BDAT */
    uint64_t message_octets; /* dot-stuffing and terminator removed */
    uint64_t lines;
    uint64_t lost_octets;
    uint64_t declared; /* BDAT: the size its command gave */
    bool is_last;      /* DATA, or BDAT with LAST */
    bool is_complete;  /* its end was seen */
    const struct content_facts *facts;
    const struct slice *headers; /* HEADER_FIELD_COUNT bodies, empty where not seen; DATA, or the
                                    chunks of BDAT so far */
};

struct smtp_event {
    enum smtp_event_kind kind;
    enum side from;
    uint64_t sequence;  /* 1-based, one for every event but OPAQUE, which shares the last */
    struct place place; /* of the segment that completed it */
    struct place begin; /* of the segment that began it */
    uint64_t octets;    /* on the wire, line ends included */
    unsigned marks;     /* enum mark, ORed */
    union {
        struct smtp_command command; /* a SASL line too: its verb is VERB_AUTH */
        struct smtp_reply reply;
        struct smtp_content content;
        struct {
            uint64_t reply;   /* sequence of the reply */
            uint64_t answers; /* sequence of the content whose end it answers */
        } reattributed;
        struct slice opaque;
        enum smtp_limit limit;
    };
};

struct smtp_event_sink {
    void *context;
    enum status (*event)(void *context, const struct smtp_event *event);
};

#endif
