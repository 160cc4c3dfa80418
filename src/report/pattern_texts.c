/* What the counts of a subject come to, in words. */
#include "report/patterns_state.h"

enum {
    MANY_NAMES = 5,      /* a person has one account or two, a guesser a list */
    MANY_SESSIONS = 3,   /* of a server that defers */
    MANY_RECIPIENTS = 3, /* one address refused again and again says nothing of its domain */
};

static void add_name(struct sentence *s, struct slice name)
{
    if (name.len == 0)
        sentence_add(s, "<>");
    else
        sentence_add_octets(s, name, 120);
}

static bool client_pattern(const struct subject *subject, struct pattern *out)
{
    if (subject->name_count < MANY_NAMES)
        return false;
    out->id = "auth-many-names";
    out->severity = SEVERITY_WARNING;
    out->fix =
        "Block the client, or delay it after each failure (fail2ban); see whether one of its "
        "attempts went through.";
    out->reference = "RFC 4954 9";
    sentence_add(&out->message, "client ");
    add_name(&out->message, subject->name);
    sentence_add(&out->message, " failed AUTH %s times with %s%zu user names in %s session%s",
                 number_text_of(subject->bad).text,
                 subject->name_count == NAMES_KEPT ? "at least " : "", subject->name_count,
                 number_text_of(subject->session_total).text, plural(subject->session_total));
    return true;
}

static bool server_defers(const struct subject *subject, struct pattern *out)
{
    if (subject->bad < MANY_SESSIONS || subject->good > 0)
        return false;
    out->id = "server-defers-all";
    out->severity = SEVERITY_WARNING;
    out->fix =
        "Look into that server's log: greylisting that never lets go, a full disk, a database "
        "or name server that does not answer. Senders give up after some days.";
    out->reference = "RFC 5321 4.5.4.1";
    sentence_add(&out->message, "server ");
    add_name(&out->message, subject->name);
    sentence_add(&out->message, " deferred all %s sessions that brought mail",
                 number_text_of(subject->bad).text);
    return true;
}

static bool offer_varies(const struct subject *subject, struct pattern *out)
{
    if (subject->offers == 0 || subject->offers_not == 0)
        return false;
    out->id = "starttls-offer-varies";
    out->severity = SEVERITY_WARNING;
    out->fix =
        "See what tells those sessions apart: a load balancer with servers that are set up "
        "differently, a certificate that fails to load, a rule by client address, or someone "
        "between who strips STARTTLS.";
    out->reference = "RFC 3207 6";
    sentence_add(&out->message, "server ");
    add_name(&out->message, subject->name);
    sentence_add(&out->message, " offered STARTTLS in %s session%s and not in %s",
                 number_text_of(subject->offers).text, plural(subject->offers),
                 number_text_of(subject->offers_not).text);
    return true;
}

static bool domain_pattern(const struct subject *subject, struct pattern *out)
{
    if (subject->name_count < MANY_RECIPIENTS || subject->session_total < 2 || subject->good > 0)
        return false;
    out->id = "domain-refuses-all";
    out->severity = SEVERITY_WARNING;
    out->fix = "Read the reasons in these sessions: the domain is gone, its server does not know "
               "it, or your server or domain is blocked there.";
    out->reference = "RFC 5321 3.6.2";
    sentence_add(&out->message, "every recipient at ");
    add_name(&out->message, subject->name);
    sentence_add(&out->message, " was refused: %s in %s sessions",
                 number_text_of(subject->bad).text, number_text_of(subject->session_total).text);
    return true;
}

static bool message_pattern(const struct subject *subject, struct pattern *out)
{
    if (subject->session_total < 2)
        return false;
    out->id = "deferred-retried";
    out->severity = subject->good > 0 ? SEVERITY_INFO : SEVERITY_WARNING;
    out->fix =
        subject->good > 0
            ? "Nothing is to be done: this is how deferral is meant to work."
            : "Read the reason of the last deferral. Greylisting lets a message through only "
              "if it comes again from the same address, some minutes later.";
    out->reference = "RFC 5321 4.5.4.1";
    sentence_add(&out->message, "a message of ");
    add_name(&out->message, subject->name);
    sentence_add(&out->message, " was deferred %s time%s and came again within %s; %s",
                 number_text_of(subject->bad).text, plural(subject->bad),
                 duration_text_of(stamp_between(subject->first, subject->last)).text,
                 subject->good > 0 ? "it got through" : "it has not got through yet");
    return true;
}

/* A server may show two patterns: `which` counts them. */
static bool pattern_of(const struct subject *subject, size_t which, struct pattern *out)
{
    switch (subject->kind) {
    case SUBJECT_CLIENT:
        return which == 0 && client_pattern(subject, out);
    case SUBJECT_SERVER:
        return which == 0 ? server_defers(subject, out) : offer_varies(subject, out);
    case SUBJECT_DOMAIN:
        return which == 0 && domain_pattern(subject, out);
    case SUBJECT_MESSAGE:
        return which == 0 && message_pattern(subject, out);
    }
    return false;
}

bool patterns_next(const struct patterns *patterns, size_t *at, struct pattern *out)
{
    while (*at < patterns->count * 2) {
        const struct subject *subject = &patterns->rows[*at / 2];
        size_t which = (*at)++ % 2;

        *out = (struct pattern){ .sessions = subject->sessions,
                                 .session_count = subject->session_count };
        if (pattern_of(subject, which, out))
            return true;
    }
    return false;
}
