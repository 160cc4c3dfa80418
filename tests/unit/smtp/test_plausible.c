/* Which codes answer which verb. */
#include "smtp/plausible.h"

#include <check.h>

#include "support/suite.h"

static const struct enhanced_code none = { 0 };

static bool is_plausible(enum smtp_verb verb, unsigned code)
{
    return reply_is_plausible(verb, code, none);
}

/* _i is the verb. */
START_TEST(any_verb_may_be_refused)
{
    static const unsigned codes[] = { 400, 421, 450, 472, 500, 503, 554, 599, 600, 999, 0, 199 };

    for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
        ck_assert(is_plausible((enum smtp_verb)_i, codes[i]));
}
END_TEST

/* _i is the verb. */
START_TEST(each_code_of_success_answers_its_own_verbs_alone)
{
    enum smtp_verb verb = (enum smtp_verb)_i;
    bool starts = verb == VERB_CONNECT || verb == VERB_STARTTLS || verb == VERB_X_ANONYMOUSTLS ||
                  verb == VERB_XCLIENT;
    bool takes_250 =
        verb != VERB_CONNECT && verb != VERB_DATA && verb != VERB_QUIT && verb != VERB_UNKNOWN;

    ck_assert_int_eq(is_plausible(verb, 220), starts);
    ck_assert_int_eq(is_plausible(verb, 221), verb == VERB_QUIT);
    ck_assert_int_eq(is_plausible(verb, 235), verb == VERB_AUTH);
    ck_assert_int_eq(is_plausible(verb, 334), verb == VERB_AUTH);
    ck_assert_int_eq(is_plausible(verb, 354), verb == VERB_DATA);
    ck_assert_int_eq(is_plausible(verb, 200), takes_250);
    ck_assert_int_eq(is_plausible(verb, 250), takes_250);
    ck_assert_int_eq(is_plausible(verb, 252), takes_250);
    ck_assert_int_eq(is_plausible(verb, 399), takes_250);
}
END_TEST

START_TEST(an_enhanced_code_of_addresses_tells_mail_from_rcpt)
{
    static const struct enhanced_code sender = { 2, 1, 0 };
    static const struct enhanced_code recipient = { 2, 1, 5 };

    ck_assert(reply_is_plausible(VERB_MAIL, 250, sender));
    ck_assert(!reply_is_plausible(VERB_RCPT, 250, sender));
    ck_assert(!reply_is_plausible(VERB_END_OF_DATA, 250, sender));
    ck_assert(reply_is_plausible(VERB_RCPT, 250, recipient));
    ck_assert(reply_is_plausible(VERB_VRFY, 252, recipient));
    ck_assert(reply_is_plausible(VERB_EXPN, 250, recipient));
    ck_assert(!reply_is_plausible(VERB_MAIL, 250, recipient));
    ck_assert(!reply_is_plausible(VERB_END_OF_DATA, 250, recipient));
}
END_TEST

START_TEST(other_enhanced_codes_tell_nothing)
{
    ck_assert(reply_is_plausible(VERB_RCPT, 250, (struct enhanced_code){ 2, 0, 0 }));
    ck_assert(reply_is_plausible(VERB_MAIL, 250, (struct enhanced_code){ 2, 1, 1 }));
    ck_assert(reply_is_plausible(VERB_RCPT, 250, (struct enhanced_code){ 5, 1, 0 }));
    ck_assert(reply_is_plausible(VERB_MAIL, 550, (struct enhanced_code){ 2, 1, 5 }));
    ck_assert(!reply_is_plausible(VERB_QUIT, 250, (struct enhanced_code){ 2, 0, 0 }));
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("plausible");

    tcase_add_loop_test(tc, any_verb_may_be_refused, VERB_CONNECT, VERB_COUNT);
    tcase_add_loop_test(tc, each_code_of_success_answers_its_own_verbs_alone, VERB_CONNECT,
                        VERB_COUNT);
    tcase_add_test(tc, an_enhanced_code_of_addresses_tells_mail_from_rcpt);
    tcase_add_test(tc, other_enhanced_codes_tell_nothing);
    return suite_run("smtp/plausible", tc);
}
