/* Each step of the lookup against its neighbour, phrases, and the texts where context decides. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "support/catalog_files.h"
#include "support/suite.h"

#define TEXTS(title) \
    "\"title\": \"" title "\", \"description\": \"d\", \"when_seen\": \"w\", \"fix\": \"f\""

/* One entry of every kind; 560 and x.9.y are nobody else's. */
static const char steps[] = "\"codes\": [{\"code\": 560, " TEXTS(
    "code") "}],"
            "\"enhanced\": [{\"enhanced\": \"x.9.1\", " TEXTS(
                "any class") ", \"by_class\": {\"5\": {\"when_seen\": \"class 5\", \"fix\": \"f\"}}},"
                             " {\"enhanced\": \"x.9.0\", " TEXTS(
                                 "general") "}],"
                                            "\"specific\": ["
                                            " {\"code\": 560, \"enhanced\": \"5.9.1\", \"verb\": \"RCPT\", " TEXTS(
                                                "code enhanced verb") "},"
                                                                      " {\"code\": 560, \"enhanced\": \"5.9.1\", " TEXTS(
                                                                          "code enhanced") "},"
                                                                                           " {\"code\": [560, 561], \"verb\": [\"RCPT\", \"MAIL\"], " TEXTS(
                                                                                               "code verb") "},"
                                                                                                            " {\"code\": 562, \"enhanced\": \"5.9.0\", " TEXTS(
                                                                                                                "code general") "}],"
                                                                                                                                "\"phrases\": [{\"phrase\": \"very odd\", \"replace\": {" TEXTS(
                                                                                                                                    "phrase") "}}]";

START_TEST(the_more_specific_text_stands_in_place_of_the_general_one)
{
    static const struct {
        unsigned code;
        const char *enhanced;
        const char *verb;
        const char *text;
        const char *title;
    } cases[] = {
        { 560, "5.9.1", "RCPT", "this is very odd", "phrase" },
        { 560, "5.9.1", "RCPT", "this is odd", "code enhanced verb" },
        { 560, "5.9.1", "MAIL", NULL, "code enhanced" },
        { 560, "5.9.1", NULL, NULL, "code enhanced" },
        { 561, "5.9.1", "RCPT", NULL, "any class" },
        { 561, "5.9.0", "RCPT", NULL, "code verb" },
        { 561, "5.9.2", "MAIL", NULL, "code verb" },
        { 561, NULL, "MAIL", NULL, "code verb" },
        { 560, NULL, "RCPT", NULL, "code verb" },
        { 560, "5.9.0", "DATA", NULL, "general" },
        { 561, "5.9.0", "DATA", NULL, "general" },
        { 562, "5.9.0", "DATA", NULL, "code general" },
        { 560, "5.9.2", "DATA", NULL, "code" },
        { 560, NULL, NULL, NULL, "code" },
        { 560, NULL, "", NULL, "code" },
        { 563, NULL, "RCPT", NULL, "Permanent Negative" },
    };
    struct catalog *catalog = catalog_for_test();

    catalog_lay_sections(catalog, steps);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct annotation found =
            catalog_look(catalog, cases[i].code, cases[i].enhanced, cases[i].verb, cases[i].text);

        ck_assert_msg(strcmp(found.title, cases[i].title) == 0, "case %zu: %s", i, found.title);
    }
    catalog_free(catalog);
}
END_TEST

START_TEST(an_enhanced_code_may_say_more_in_one_class)
{
    struct catalog *catalog = catalog_for_test();

    catalog_lay_sections(catalog, steps);
    ck_assert_str_eq(catalog_look(catalog, 561, "5.9.1", NULL, NULL).when_seen, "class 5");
    ck_assert_str_eq(catalog_look(catalog, 461, "4.9.1", NULL, NULL).when_seen, "w");
    ck_assert_str_eq(catalog_look(catalog, 461, "4.9.1", NULL, NULL).title, "any class");
    catalog_free(catalog);
}
END_TEST

START_TEST(an_enhanced_code_of_another_class_than_the_reply_is_not_trusted)
{
    struct catalog *catalog = catalog_for_test();

    catalog_lay_sections(catalog, steps);
    ck_assert_str_eq(catalog_look(catalog, 560, "4.9.1", "RCPT", NULL).title, "code verb");
    catalog_free(catalog);
}
END_TEST

START_TEST(codes_outside_200_to_599_have_no_texts)
{
    struct catalog *catalog = catalog_for_test();
    static const unsigned codes[] = { 0, 199, 600, 999 };

    for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
        struct annotation found = catalog_look(catalog, codes[i], NULL, "RCPT", "greylisted");

        ck_assert_ptr_null(found.title);
        ck_assert_ptr_null(found.when_seen);
        ck_assert_ptr_null(found.note);
        ck_assert_ptr_null(found.class_name);
    }
    ck_assert_str_eq(catalog_look(catalog, 200, NULL, NULL, NULL).class_name,
                     "2xx Positive Completion");
    ck_assert_str_eq(catalog_look(catalog, 599, NULL, NULL, NULL).class_name,
                     "5xx Permanent Negative");
    catalog_free(catalog);
}
END_TEST

START_TEST(the_same_text_is_the_same_pointer)
{
    struct catalog *catalog = catalog_for_test();
    struct annotation one = catalog_look(catalog, 550, "5.1.1", "RCPT", "User unknown");
    struct annotation two = catalog_look(catalog, 550, "5.1.1", "RCPT", "no such user here");

    ck_assert_ptr_eq(one.when_seen, two.when_seen);
    ck_assert_ptr_eq(one.fix, two.fix);
    catalog_free(catalog);
}
END_TEST

static const char *title_of(const struct catalog *catalog, const char *text)
{
    return catalog_look(catalog, 560, NULL, "RCPT", text).title;
}

START_TEST(a_phrase_counts_as_whole_words_only)
{
    struct catalog *catalog = catalog_for_test();

    catalog_lay_sections(catalog, steps);
    ck_assert_str_eq(title_of(catalog, "very odd"), "phrase");
    ck_assert_str_eq(title_of(catalog, "Very ODD!"), "phrase");
    ck_assert_str_eq(title_of(catalog, "(very odd)"), "phrase");
    ck_assert_str_eq(title_of(catalog, "5.9.1 very   odd"), "phrase");
    ck_assert_str_eq(title_of(catalog, "very odder, every odd, but very odd"), "phrase");
    ck_assert_str_eq(title_of(catalog, "every odd"), "code verb");
    ck_assert_str_eq(title_of(catalog, "very odds"), "code verb");
    ck_assert_str_eq(title_of(catalog, "very odd1"), "code verb");
    ck_assert_str_eq(title_of(catalog, "very od"), "code verb");
    ck_assert_str_eq(title_of(catalog, ""), "code verb");
    catalog_free(catalog);
}
END_TEST

START_TEST(a_phrase_in_an_address_does_not_count)
{
    struct catalog *catalog = catalog_for_test();

    catalog_lay_sections(catalog, steps);
    ck_assert_str_eq(title_of(catalog, "<\"very odd\"@example.test>: no"), "code verb");
    ck_assert_str_eq(title_of(catalog, "<very odd> is no address"), "phrase");
    ck_assert_str_eq(catalog_look(catalog, 551, NULL, NULL, "dmarc@example.test: no").title,
                     "User Not Local");
    ck_assert_str_eq(catalog_look(catalog, 551, NULL, NULL, "<dmarc@example.test>: no").title,
                     "User Not Local");
    ck_assert_str_eq(catalog_look(catalog, 551, NULL, NULL, "DMARC: no").title,
                     "DMARC Check Failed");
    catalog_free(catalog);
}
END_TEST

START_TEST(a_phrase_may_run_over_the_lines_of_a_reply)
{
    struct catalog *catalog = catalog_for_test();
    struct slice lines[] = { slice_of_string("5.9.1 this is very"),
                             slice_of_string("5.9.1 odd indeed") };
    struct reply_key key = { .code = 560, .lines = lines, .line_count = 2 };
    struct annotation found;

    catalog_lay_sections(catalog, steps);
    catalog_annotate(catalog, &key, &found);
    ck_assert_str_eq(found.title, "phrase");
    lines[1] = slice_of_string("even");
    catalog_annotate(catalog, &key, &found);
    ck_assert_str_eq(found.title, "code");
    catalog_free(catalog);
}
END_TEST

/* 2,048 octets are read; _i is how many of the phrase's eight stand within. */
START_TEST(a_phrase_beyond_what_is_read_does_not_count)
{
    struct catalog *catalog = catalog_for_test();
    static uint8_t octets[4096];
    size_t at = 2048 - (size_t)_i;
    struct slice line = slice_of(octets, at + 8);
    struct reply_key key = { .code = 560, .lines = &line, .line_count = 1 };
    struct annotation found;

    memset(octets, '.', sizeof(octets));
    octets[at - 1] = ' ';
    memcpy(octets + at, "very odd", 8);
    catalog_lay_sections(catalog, steps);
    catalog_annotate(catalog, &key, &found);
    ck_assert_str_eq(found.title, _i == 8 ? "phrase" : "code");
    catalog_free(catalog);
}
END_TEST

START_TEST(a_positive_reply_is_not_read_for_phrases)
{
    struct catalog *catalog = catalog_for_test();

    ck_assert_str_eq(catalog_look(catalog, 250, NULL, ".", "spamhaus greylisted").title,
                     "Message Accepted");
    catalog_free(catalog);
}
END_TEST

START_TEST(a_phrase_holds_for_its_code_class_enhanced_code_and_verb_alone)
{
    struct catalog *catalog = catalog_for_test();

    catalog_lay_sections(
        catalog,
        "\"phrases\": ["
        "{\"phrase\": \"alpha\", \"code\": [560, \"4xx\"], \"replace\": {" TEXTS(
            "alpha") "}},"
                     "{\"phrase\": \"beta\", \"enhanced\": [\"5.9.1\", \"x.9.2\"], \"verb\": [\"MAIL\", \".\"],"
                     " \"replace\": {" TEXTS("beta") "}}]");
    ck_assert_str_eq(catalog_look(catalog, 560, NULL, NULL, "alpha").title, "alpha");
    ck_assert_str_eq(catalog_look(catalog, 499, NULL, NULL, "alpha").title, "alpha");
    ck_assert_str_ne(catalog_look(catalog, 561, NULL, NULL, "alpha").title, "alpha");
    ck_assert_str_eq(catalog_look(catalog, 560, "5.9.1", "MAIL", "beta").title, "beta");
    ck_assert_str_eq(catalog_look(catalog, 460, "4.9.2", ".", "beta").title, "beta");
    ck_assert_str_ne(catalog_look(catalog, 460, "4.9.1", ".", "beta").title, "beta");
    ck_assert_str_ne(catalog_look(catalog, 560, "5.9.1", "RCPT", "beta").title, "beta");
    ck_assert_str_ne(catalog_look(catalog, 560, "5.9.1", NULL, "beta").title, "beta");
    ck_assert_str_ne(catalog_look(catalog, 560, NULL, "MAIL", "beta").title, "beta");
    catalog_free(catalog);
}
END_TEST

/* What a reply with its words, in its place, is explained by. */
static const struct {
    unsigned code;
    const char *enhanced;
    const char *verb;
    const char *text;
    const char *title;
} contexts[] = {
    { 220, NULL, "CONNECT", NULL, "Service Ready" },
    { 220, "2.0.0", "STARTTLS", NULL, "Ready to Start TLS" },
    { 250, NULL, "EHLO", NULL, "Extensions Announced" },
    { 250, "2.1.0", "MAIL", NULL, "Sender Accepted" },
    { 250, "2.1.5", "RCPT", NULL, "Recipient Accepted" },
    { 250, "2.0.0", ".", "Ok: queued as 821B4138075", "Message Accepted" },
    { 250, "2.6.0", ".", "Queued mail for delivery", "Message Accepted" },
    { 235, "2.7.0", "AUTH", NULL, "Authentication Successful" },
    { 421, NULL, "CONNECT", NULL, "Connection Not Accepted Now" },
    { 421, NULL, "DATA", NULL, "Closed instead of Taking the Message" },
    { 421, "4.4.2", "DATA", "Error: timeout exceeded", "Timed Out Waiting" },
    { 450, "4.7.1", "RCPT", "Recipient address rejected: Greylisted", "Greylisted" },
    { 451, NULL, "RCPT", "greylisted, come back later", "Greylisted" },
    { 451, "4.7.1", "RCPT", "please try again later", "Recipient Refused for Now by Policy" },
    { 452, "4.5.3", "RCPT", "Error: too many recipients", "Too Many Recipients" },
    { 452, "4.2.2", "RCPT", "try later", "Mailbox Full for Now" },
    { 452, "4.3.1", "MAIL", "Insufficient system storage", "Server Short of Storage or Memory" },
    { 454, "4.7.0", "STARTTLS", "TLS not available", "TLS Not Available Now" },
    { 454, "4.7.0", "AUTH", "Temporary failure", "Authentication Temporarily Impossible" },
    { 500, "5.5.1", "EHLO", NULL, "EHLO Not Supported" },
    { 500, "5.5.2", "?", NULL, "Syntax Error" },
    { 502, "5.5.1", "TURN", NULL, "Remote Queue Start Not Supported" },
    { 502, "5.5.1", NULL, NULL, "Command Not Implemented" },
    { 503, "5.5.1", "DATA", "Error: need RCPT command", "No Recipient to Send To" },
    { 503, NULL, "DATA", "Valid RCPT command must precede DATA", "No Recipient to Send To" },
    { 503, "5.5.1", "DATA", "Error: DATA after BDAT", "DATA and BDAT Mixed" },
    { 530, "5.7.0", "MAIL", "Must issue a STARTTLS command first", "STARTTLS Required" },
    { 530, "5.5.1", "MAIL", "Invalid command: Must issue a STARTTLS command first",
      "STARTTLS Required" },
    { 530, "5.7.0", "MAIL", "Authentication required", "Authentication Required" },
    { 530, "5.7.1", "MAIL", "Authentication required", "Authentication Required" },
    { 530, "5.7.57", "MAIL", "Client not authenticated to send mail", "Client Not Authenticated" },
    { 534, "5.7.9", "AUTH", "Application-specific password required", "App Password Required" },
    { 535, "5.7.8", "AUTH", "Error: authentication failed", "Login Refused" },
    { 538, "5.7.11", "AUTH", NULL, "Encrypt before Logging In" },
    { 550, "5.1.1", "RCPT", "User unknown in virtual mailbox table", "No Such Mailbox" },
    { 550, NULL, "RCPT", "relay not permitted", "Relaying Denied" },
    { 554, "5.7.1", "RCPT", "Relay access denied", "Relaying Denied" },
    { 554, "5.7.1", "RCPT", "Client host [192.0.2.1] blocked using zen.spamhaus.org",
      "Client Address Blocked" },
    { 550, "5.7.1", "RCPT", "no", "Recipient Refused by Policy" },
    { 550, "5.7.1", ".", "contains forbidden word", "Message Refused by Policy" },
    { 550, NULL, "RCPT", "no", "Recipient Refused" },
    { 550, NULL, ".", "no", "Message Content Refused" },
    { 554, NULL, "CONNECT", "No SMTP service here", "Client Refused at the Door" },
    { 550, "5.4.1", "RCPT", "Recipient address rejected: Access denied", "Recipient Not Valid" },
    { 554, "5.7.1", "RCPT", "Recipient address rejected: Access denied",
      "Refused by an Access Rule" },
    { 450, "4.7.1", "RCPT", "Client host rejected: cannot find your reverse hostname",
      "Reverse DNS Missing or Wrong" },
    { 504, "5.5.2", "RCPT", "<x>: Helo command rejected: need fully-qualified hostname",
      "Client Name (HELO) Refused" },
    { 552, "5.2.2", "RCPT", "no", "Mailbox Full" },
    { 552, "5.3.4", "MAIL", "no", "Message Too Large" },
    { 552, "5.3.4", "MAIL", "Message size exceeds fixed limit", "Message Too Large" },
    { 552, "5.2.2", "RCPT", "user is over quota", "Mailbox Full" },
    { 521, "5.5.2", ".", "Error: bare <LF> received", "Line Ends Not CRLF" },
    { 550, "5.1.0", "RCPT", "Sender address rejected: User unknown in relay recipient table",
      "Sender Could Not Be Verified" },
    { 450, "4.1.8", "RCPT", "Sender address rejected: Domain not found",
      "Sender's Domain Not Found" },
    { 550, NULL, ".",
      "Unauthenticated email from example.test is not accepted due to domain's "
      "DMARC policy",
      "DMARC Check Failed" },
    { 550, "5.7.23", ".", "no", "SPF Check Failed" },
    /* Gmail's use of these codes is its own: the registry has other meanings for them. */
    { 421, "4.7.29", ".",
      "Your email has been rate limited because this message wasn't sent over "
      "a TLS connection.",
      "TLS Wanted for This Mail" },
    { 550, "5.7.30", ".", "blocked because DKIM authentication didn't pass", "DKIM Check Failed" },
    { 421, "4.7.27", ".", "rate limited because SPF authentication didn't pass",
      "SPF Check Failed" },
    { 421, "4.7.32", ".", "rate limited because the From header isn't aligned with either domain",
      "DMARC Check Failed" },
    { 550, "5.4.5", "MAIL", "Daily user sending limit exceeded", "Sending Limit Reached" },
    { 555, "5.5.4", "MAIL", "Unsupported option: FROB=1", "MAIL FROM Parameter Not Supported" },
};

START_TEST(a_reply_is_explained_by_its_words_and_its_place)
{
    struct catalog *catalog = catalog_for_test();
    struct annotation found = catalog_look(catalog, contexts[_i].code, contexts[_i].enhanced,
                                           contexts[_i].verb, contexts[_i].text);

    ck_assert_str_eq(found.title, contexts[_i].title);
    catalog_free(catalog);
}
END_TEST

/* A provider's own words, and the one whose name its sentence must hold. */
static const struct {
    unsigned code;
    const char *enhanced;
    const char *text;
    const char *named;
} providers[] = {
    { 550, "5.7.26", "The sender is unauthenticated. - gsmtp", "Gmail" },
    { 421, "4.7.28", "Our system has detected an unusual rate of unsolicited mail - gsmtp",
      "Postmaster Tools" },
    { 550, "5.7.25", "does not have a PTR record setup - gsmtp", "PTR" },
    { 550, "5.7.708", "Access denied, traffic not accepted from this IP", "Exchange Online" },
    { 550, "5.7.606", "Access denied, banned sending IP [192.0.2.1]", "sender.office.com" },
    { 550, "5.7.1",
      "Please contact your Internet service provider since part of their network "
      "is on our block list (S3150).",
      "Outlook.com" },
    { 421, NULL, "RP-001 The mail server IP has exceeded the rate limit", "Outlook.com" },
    { 421, "4.7.0", "[TSS04] Messages temporarily deferred", "Yahoo" },
    { 421, "4.7.1", "[TS03] All messages from 192.0.2.1 will be permanently deferred", "Yahoo" },
    { 554, NULL, "gmx.net (mxgmx114) Nemesis ESMTP Service not available", "GMX" },
    { 554, NULL,
      "IP=192.0.2.1 - A problem occurred. (Ask your postmaster for help or to contact "
      "postmaster@provider.test to clarify.)",
      "T-Online" },
    { 550, "5.7.1", "[CS01] Message rejected due to local policy.", "iCloud" },
    { 554, NULL, "Blocked - see https://ipcheck.proofpoint.com/?ip=192.0.2.1", "Proofpoint" },
    { 554, NULL, "Client host [192.0.2.1] blocked using Barracuda Reputation", "Barracuda" },
    { 550, NULL, "see http://csi.cloudmark.com/reset-request/?ip=192.0.2.1", "Cloudmark" },
    { 451, NULL,
      "Internal resources are temporarily unavailable - "
      "https://community.mimecast.com/docs/DOC-1369#451",
      "Mimecast" },
};

START_TEST(a_providers_phrase_adds_its_sentence)
{
    struct catalog *catalog = catalog_for_test();
    struct annotation found = catalog_look(catalog, providers[_i].code, providers[_i].enhanced,
                                           "RCPT", providers[_i].text);

    ck_assert_ptr_nonnull(found.note);
    ck_assert_ptr_nonnull(strstr(found.note, providers[_i].named));
    catalog_free(catalog);
}
END_TEST

START_TEST(ordinary_replies_get_no_providers_sentence)
{
    struct catalog *catalog = catalog_for_test();

    for (size_t i = 0; i < sizeof(contexts) / sizeof(*contexts); i++) {
        struct annotation found = catalog_look(catalog, contexts[i].code, contexts[i].enhanced,
                                               contexts[i].verb, contexts[i].text);

        if (contexts[i].text == NULL || strstr(contexts[i].text, "spamhaus") == NULL)
            ck_assert_msg(found.note == NULL, "context %zu: %s", i, found.note);
    }
    catalog_free(catalog);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("lookup");

    tcase_add_test(tc, the_more_specific_text_stands_in_place_of_the_general_one);
    tcase_add_test(tc, an_enhanced_code_may_say_more_in_one_class);
    tcase_add_test(tc, an_enhanced_code_of_another_class_than_the_reply_is_not_trusted);
    tcase_add_test(tc, codes_outside_200_to_599_have_no_texts);
    tcase_add_test(tc, the_same_text_is_the_same_pointer);
    tcase_add_test(tc, a_phrase_counts_as_whole_words_only);
    tcase_add_test(tc, a_phrase_in_an_address_does_not_count);
    tcase_add_test(tc, a_phrase_may_run_over_the_lines_of_a_reply);
    tcase_add_loop_test(tc, a_phrase_beyond_what_is_read_does_not_count, 6, 9);
    tcase_add_test(tc, a_positive_reply_is_not_read_for_phrases);
    tcase_add_test(tc, a_phrase_holds_for_its_code_class_enhanced_code_and_verb_alone);
    tcase_add_loop_test(tc, a_reply_is_explained_by_its_words_and_its_place, 0,
                        (int)(sizeof(contexts) / sizeof(*contexts)));
    tcase_add_loop_test(tc, a_providers_phrase_adds_its_sentence, 0,
                        (int)(sizeof(providers) / sizeof(*providers)));
    tcase_add_test(tc, ordinary_replies_get_no_providers_sentence);
    return suite_run("catalog/lookup", tc);
}
