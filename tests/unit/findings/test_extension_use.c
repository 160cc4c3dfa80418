/* Extensions offered and used. */
#include "findings/extension_use.h"

#include <stdio.h>
#include <stdlib.h>

#include "findings/extensions.h"
#include "support/scene.h"
#include "support/suite.h"

#define OFFER                                                                          \
    SCENE_EHLO "S: 250-PIPELINING\nS: 250-SIZE 1000\nS: 250-AUTH=LOGIN\nS: 250-VRFY\n" \
               "S: 250 ENHANCEDSTATUSCODES\n"

/* Upper case is offered; "+" is used. */
static const struct {
    const char *script;
    const char *table; /* keyword, o: offered, u: used */
} rows[] = {
    { OFFER SCENE_QUIT, "PIPELINING o, SIZE o, AUTH o, VRFY o, ENHANCEDSTATUSCODES o" },
    { OFFER "C: MAIL FROM:<a@c> SIZE=3\nS: 250 2.1.0 ok\nC: VRFY b\nS: 252 ok\n" SCENE_QUIT,
      "PIPELINING o, SIZE ou, AUTH o, VRFY ou, ENHANCEDSTATUSCODES ou" },
    { OFFER "C| MAIL FROM:<a@c>\\r\\nRCPT TO:<b@d>\\r\\n\nS: 250 ok\nS: 250 ok\n" SCENE_QUIT,
      "PIPELINING ou, SIZE o, AUTH o, VRFY o, ENHANCEDSTATUSCODES o" },
    { OFFER SCENE_ENVELOPE SCENE_DATA "C| hi\\r\\n.\\r\\nQUIT\\r\\n\nS: 250 ok\nS: 221 bye\n",
      "PIPELINING ou, SIZE o, AUTH o, VRFY o, ENHANCEDSTATUSCODES o" },
    { OFFER SCENE_ENVELOPE SCENE_DATA "C| hi\\r\\n.\\r\\n\nS: 250 ok\n" SCENE_QUIT,
      "PIPELINING o, SIZE o, AUTH o, VRFY o, ENHANCEDSTATUSCODES o" },
    { SCENE_EHLO "S: 250-PIPELINING\nS: 250 CHUNKING\n" SCENE_ENVELOPE
                 "C| BDAT 2\\r\\nhiBDAT 2 LAST\\r\\nho\nS: 250 ok\nS: 250 ok\n" SCENE_QUIT,
      "PIPELINING ou, CHUNKING ou" },
    { SCENE_EHLO "S: 250-PIPELINING\nS: 250 CHUNKING\n" SCENE_ENVELOPE
                 "C| BDAT 2\\r\\nhi\nS: 250 ok\nC| BDAT 2 LAST\\r\\nho\nS: 250 ok\n" SCENE_QUIT,
      "PIPELINING o, CHUNKING ou" },
    { SCENE_HELLO "C: MAIL FROM:<a@c> BODY=8BITMIME\nS: 250 ok\nC: HELP\nS: 214 ok\n" SCENE_QUIT,
      "HELP ou, 8BITMIME u" },
    { "S: 220 mx\nC: HELO c\nS: 250 mx\nC: VRFY b\nS: 252 2.0.0 ok\n" SCENE_QUIT, "" },
    { OFFER "C: BDAT 2 LAST\nC| hi\nS: 503 no\n" SCENE_QUIT,
      "PIPELINING o, SIZE o, AUTH o, VRFY o, ENHANCEDSTATUSCODES o, CHUNKING u" },
    { SCENE_EHLO "S: 250 MTRK\nC: MAIL FROM:<a@c> ENVID=1\nS: 250 ok\n" SCENE_QUIT, "MTRK ou" },
    { SCENE_EHLO "S: 250-MTRK\nS: 250 DSN\nC: MAIL FROM:<a@c> ENVID=1\nS: 250 ok\n" SCENE_QUIT,
      "MTRK o, DSN ou" },
    { SCENE_HELLO "C: MAIL FROM:<a@c> ENVID=1\nS: 555 no\n" SCENE_QUIT, "HELP o, DSN u" },
};

START_TEST(each_offer_stands_beside_its_use)
{
    struct scene scene = { .name = "extensions", .script = rows[_i].script };
    struct played_scene played;
    struct extension_table table;
    char text[400] = "";
    size_t len = 0;

    scene_play(&played, &scene);
    ck_assert(extension_table_of(played.record, &table));
    for (uint32_t i = 0; i < table.count; i++)
        len += (size_t)snprintf(
            text + len, sizeof text - len, "%s%.*s %s%s", i == 0 ? "" : ", ",
            (int)table.rows[i].keyword.len, (const char *)table.rows[i].keyword.data,
            table.rows[i].is_offered ? "o" : "", table.rows[i].is_used ? "u" : "");
    ck_assert_str_eq(text, rows[_i].table);
    ck_assert(table.is_all_seen);
    scene_clear(&played);
}
END_TEST

START_TEST(without_an_accepted_ehlo_nothing_is_said)
{
    struct scene scene = { .name = "none", .script = "S: 220 mx\nC: EHLO c\nS: 502 no\n" };
    struct played_scene played;
    struct extension_table table;

    scene_play(&played, &scene);
    ck_assert(!extension_table_of(played.record, &table));
    scene_clear(&played);
}
END_TEST

static uint64_t used_by(const char *line)
{
    struct entry entry = {
        .kind = ENTRY_COMMAND,
        .verb = smtp_verb_of(slice_of_string(line)),
        .command = { .line = slice_of_string(line) },
    };

    return extensions_used(&entry);
}

/* How many rows of the table MAIL's parameters are a use of. */
static int uses_of(const char *mail)
{
    return __builtin_popcountll(used_by(mail));
}

START_TEST(of_a_parameter_that_is_there_twice_the_first_counts)
{
    ck_assert_int_eq(uses_of("MAIL FROM:<a@b>"), 0);
    ck_assert_int_eq(uses_of("MAIL FROM:<a@b> X=1 =2 SIZ=3"), 0);
    ck_assert_int_eq(uses_of("MAIL FROM:<a@b> body=8bitmime"), 1);
    ck_assert_int_eq(uses_of("MAIL FROM:<a@b> BODY=X BODY=7BIT"), 0);
    ck_assert_int_eq(uses_of("MAIL FROM:<a@b> BODY=7BIT BODY=BINARYMIME"), 1);
    ck_assert_int_eq(uses_of("MAIL FROM:<a@b> SIZE=1 SMTPUTF8 SIZE=2"), 2);
    /* DSN's and MTRK's. */
    ck_assert_int_eq(uses_of("MAIL FROM:<a@b> ENVID=1"), 2);
}
END_TEST

/* ENVID is one use, though two extensions have it; BDAT is its own. */
START_TEST(rows_of_the_same_use_are_taken_together)
{
    uint64_t used = used_by("MAIL FROM:<a@b> ENVID=1 SIZE=2");
    size_t same;

    ck_assert_str_eq(extension_take(&used, &same)->parameter, "SIZE");
    ck_assert_uint_eq(same, 1);
    ck_assert_str_eq(extension_take(&used, &same)->parameter, "ENVID");
    ck_assert_uint_eq(same, 2);
    ck_assert_uint_eq(used, 0);
    used = used_by("BDAT 1");
    ck_assert_str_eq(extension_take(&used, &same)->keyword, "CHUNKING");
    ck_assert_uint_eq(used, 0);
    ck_assert_uint_eq(used_by("NOOP"), 0);
}
END_TEST

int main(void)
{
    TCase *tc = tcase_create("extension_use");

    tcase_add_loop_test(tc, each_offer_stands_beside_its_use, 0, sizeof rows / sizeof *rows);
    tcase_add_test(tc, of_a_parameter_that_is_there_twice_the_first_counts);
    tcase_add_test(tc, rows_of_the_same_use_are_taken_together);
    tcase_add_test(tc, without_an_accepted_ehlo_nothing_is_said);
    return suite_run("findings/extension_use", tc);
}
