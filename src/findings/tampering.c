/* From the findings about STARTTLS to the end of the diagnosis: one row each, the gravest first. */
#include "findings/tampering.h"

static const struct {
    const char *finding;
    const char *words;
} rows[] = {
    { "starttls-command-injection", "; a command came in clear ahead of TLS (STARTTLS injection)" },
    { "starttls-response-injection", "; a reply came in clear ahead of TLS (STARTTLS injection)" },
    { "starttls-stripped", "; something on the way hides STARTTLS" },
};

const struct finding *sentence_add_tampering(struct sentence *s, const struct findings *findings)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const struct finding *finding = finding_of(findings, rows[i].finding);

        if (finding == NULL)
            continue;
        sentence_add(s, "%s", rows[i].words);
        return finding;
    }
    return NULL;
}
