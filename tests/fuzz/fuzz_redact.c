/* Redaction: a secret that stands where credentials stand comes out of no event and no report.
 *
 * Input: segment size, then actions of an octet each, some with text after it. */
#include <assert.h>
#include <string.h>

#include "base/cursor.h"
#include "base/mem.h"
#include "fuzz/fuzz.h"
#include "fuzz/reports.h"
#include "fuzz/wire.h"

/* base64 of a NUL, "user", a NUL and a password; of a password alone. No word of a report has such
 * letters. */
static const char plain[] = "AHVzZXIAcVc3elg5a1IyclQ0";
static const char password[] = "cVc3elg5a1IyclQ0";
static const char clear_text[] = "qW7zX9kR2rT4";

enum { SECRET_PART = 8, ACTIONS_MAX = 60 };

struct play {
    struct turns *turns;
    struct cursor in;
    bool has_auth; /* an AUTH command was sent, and read as a command */
};

static void add(struct turns *turns, struct slice s)
{
    if (turns->count == 0 || s.len > TURNS_OCTETS_MAX - turns->len)
        return;
    mem_copy(turns->octets + turns->len, s.data, s.len);
    turns->len += s.len;
    turns->list[turns->count - 1].data.len += s.len;
}

static void say(struct turns *turns, enum side from, const char *text)
{
    struct chunk *chunk;

    if (turns->count == TURNS_MAX)
        return;
    chunk = &turns->list[turns->count++];
    *chunk = (struct chunk){ .from = from };
    chunk->place.at.ns = (int64_t)turns->count * STAMP_SECOND;
    chunk->data = slice_of(turns->octets + turns->len, 0);
    add(turns, slice_of_string(text));
}

/* Octets of the fuzzer's that end no line and hold no part of a secret, which all have digits:
 * libFuzzer would write one by itself. */
static void add_word(struct play *play)
{
    size_t len = cursor_u8(&play->in) % 32U;
    struct slice from = cursor_take(&play->in, len < cursor_left(&play->in) ? len : 0);
    uint8_t word[32];

    for (size_t i = 0; i < from.len; i++)
        word[i] = from.data[i] == '\r' || from.data[i] == '\n' || ascii_is_digit(from.data[i])
                      ? ' '
                      : from.data[i];
    add(play->turns, slice_of(word, from.len));
}

static void add_end(struct play *play)
{
    add(play->turns, slice_of_string("\r\n"));
}

/* A whole exchange, so that the server's answers fit what was asked. */
static void authenticate(struct play *play, uint8_t what)
{
    static const char *const verbs[] = { "AUTH", "auth", "Auth", " AUTH" };
    static const char *const mechanisms[] = { "PLAIN", "LOGIN", "XOAUTH2",
                                              "X-ODD", "plain", "CRAM-MD5" };
    static const char *const verdicts[] = { "235 2.7.0 ok", "535 5.7.8 bad", "454 4.7.0 later",
                                            "501 what",     "334 ",          "235" };
    struct turns *turns = play->turns;

    say(turns, SIDE_CLIENT, verbs[what % 3]);
    add(turns, slice_of_string(what % 5 == 0 ? "  " : " "));
    add(turns, slice_of_string(mechanisms[what / 5 % 6]));
    if (what % 2 == 0) {
        add(turns, slice_of_string(" "));
        add(turns, slice_of_string(plain));
        add_end(play);
    } else {
        add_end(play);
        if (what / 5 % 6 == 1) { /* LOGIN asks for the name first, and that is no secret */
            say(turns, SIDE_SERVER, "334 VXNlcm5hbWU6\r\n");
            say(turns, SIDE_CLIENT, "dXNlcg==\r\n");
        }
        say(turns, SIDE_SERVER, "334 UGFzc3dvcmQ6\r\n");
        say(turns, SIDE_CLIENT, password);
        add_end(play);
    }
    play->has_auth = true;
    say(turns, SIDE_SERVER, verdicts[what / 30 % 6]);
    if (what % 7 == 0) {
        add(turns, slice_of_string(" "));
        add_word(play);
        add(turns, slice_of_string(" for "));
        add(turns, slice_of_string(what % 2 == 0 ? plain : password));
    }
    add_end(play);
    if (what / 30 % 6 == 4) {
        say(turns, SIDE_CLIENT, "*\r\n");
        say(turns, SIDE_SERVER, "501 cancelled\r\n");
    }
}

static void act(struct play *play)
{
    struct turns *turns = play->turns;
    uint8_t what = cursor_u8(&play->in);

    switch (what % 8) {
    case 0:
    case 1:
        authenticate(play, cursor_u8(&play->in));
        break;
    case 2: /* refused, and sent all the same */
        if (!play->has_auth)
            break;
        say(turns, SIDE_CLIENT, what > 127 ? plain : password);
        add_end(play);
        say(turns, SIDE_SERVER, "500 5.5.1 unknown command ");
        add(turns, slice_of_string(what > 63 ? password : ""));
        add_end(play);
        break;
    case 3:
        say(turns, SIDE_CLIENT, "MAIL FROM:<a@b>");
        add_end(play);
        say(turns, SIDE_SERVER, "530 5.7.0 authentication required\r\n");
        break;
    case 4:
        say(turns, SIDE_CLIENT, "NOOP ");
        add_word(play);
        add_end(play);
        say(turns, SIDE_SERVER, "250 ");
        add_word(play);
        add_end(play);
        break;
    case 5:
        say(turns, SIDE_CLIENT, "EHLO ");
        add_word(play);
        add_end(play);
        say(turns, SIDE_SERVER, "250-mx\r\n250-AUTH PLAIN LOGIN\r\n250 ");
        add_word(play);
        add_end(play);
        break;
    case 6:
        say(turns, SIDE_CLIENT, "BURL imap://u@h/x;urlauth=submit+u:internal:");
        add(turns, slice_of_string(password));
        add(turns, slice_of_string(" LAST\r\n"));
        say(turns, SIDE_SERVER, "250 ok\r\n");
        break;
    default: /* what the server says by itself is no secret; it stays in step */
        say(turns, SIDE_CLIENT, "RSET\r\n");
        say(turns, SIDE_SERVER, "250 ok\r\n");
        break;
    }
}

/* Not even a part of it. */
static void check(const struct reports *reports, const char *secret)
{
    struct slice s = slice_of_string(secret);

    for (size_t at = 0; at + SECRET_PART <= s.len; at++)
        assert(!reports_hold(reports, slice_part(s, at, SECRET_PART)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct turns turns;
    struct play play = { .turns = &turns, .in = cursor_of(slice_of(data, size)) };
    struct wire_options options = { .port = 587, .end = WIRE_FIN };
    struct report_input input = { .packets = 1 };
    struct record_sink sink;
    struct reports reports;

    options.segment_max = cursor_u8(&play.in) + 1U;
    turns.count = 0;
    turns.len = 0;
    say(&turns, SIDE_SERVER, "220 mx ESMTP\r\n");
    for (int i = 0; i < ACTIONS_MAX && cursor_left(&play.in) > 0; i++)
        act(&play);
    reports_begin(&reports, (unsigned)size);
    sink = reports_sink(&reports);
    wire_play(&turns, &options, &sink);
    reports_end(&reports, &input);
    check(&reports, password);
    check(&reports, clear_text);
    /* The user's name may be shown; what comes after it not. */
    check(&reports, plain + SECRET_PART);
    reports_clear(&reports);
    return 0;
}
