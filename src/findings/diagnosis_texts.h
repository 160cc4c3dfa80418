/* What to say of sessions that no reply decided. */
#ifndef SMTPSCOPE_FINDINGS_DIAGNOSIS_TEXTS_H
#define SMTPSCOPE_FINDINGS_DIAGNOSIS_TEXTS_H

struct case_text {
    const char *id;
    const char *when_seen;
    const char *fix;
    const char *reference;
};

/* The texts of a case; `id` must be one of the table. */
const struct case_text *case_text_of(const char *id);

#endif
