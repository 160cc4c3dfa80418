/* MAIL, RCPT, and the message by DATA or BDAT. */
#include "base/mem.h"
#include "make-capture/list.h"
#include "make-capture/play.h"

enum {
    CONTENT_CUT = 65536,
    /* At both ends of a run of lines, octets that are always captured: what a reader needs to find
     * the header's end and the end of data. */
    CONTENT_EDGE = 256,
};

struct content {
    char header[PLAY_HEADER_MAX];
    struct slice *list; /* the header first */
    size_t count, room;
    uint64_t octets;
    uint64_t dots;
};

static double refusals(const struct play *p)
{
    return p->workload->shares[SHARE_REFUSALS];
}

static void append(struct content *content, struct slice octets)
{
    content->list =
        list_grown(content->list, &content->room, content->count + 1, sizeof(*content->list));
    content->list[content->count++] = octets;
    content->octets += octets.len;
}

/* A message of about the wanted size, its dots stuffed. */
static void compose(struct play *p, struct content *content)
{
    uint32_t size = p->workload->message_size;
    uint64_t wanted = random_between(p->random, size / 2, size + size / 2);
    uint32_t line = text_pick(p->text, p->random);
    int used =
        snprintf(content->header, sizeof(content->header),
                 "From: Sender %u <sender%u@client.example.test>\r\n"
                 "To: <user@example.test>\r\n"
                 "Subject: About your order %u\r\n"
                 "Date: Mon, 02 Mar 2026 08:00:00 +0000\r\n"
                 "Message-ID: <%u.%u@client.example.test>\r\n"
                 "MIME-Version: 1.0\r\n"
                 "\r\n",
                 p->number, p->number, p->number, p->number, (unsigned)p->script->message_count);

    append(content, slice_of(content->header, (size_t)used));
    while (content->octets < wanted) {
        uint64_t left = wanted - content->octets;
        struct text_cut cut =
            text_cut(p->text, &line, left < CONTENT_CUT ? (size_t)left : CONTENT_CUT);

        append(content, cut.octets);
        content->dots += cut.dots;
    }
}

/* One run of the content; what lies well inside may be missing. */
static void say_run(struct script *s, struct slice run, bool is_header)
{
    size_t edges = (size_t)CONTENT_EDGE * 2;
    size_t inside = run.len > edges ? run.len - edges : 0;

    if (is_header || inside == 0) {
        script_say(s, run);
        return;
    }
    script_share(s, slice_part(run, 0, CONTENT_EDGE), false);
    script_share(s, slice_part(run, CONTENT_EDGE, inside), true);
    script_share(s, slice_from(run, CONTENT_EDGE + inside), false);
}

/* Octets `from` to `from + len` of the content. */
static void say_content(struct play *p, const struct content *content, uint64_t from, uint64_t len)
{
    uint64_t begin = 0;

    for (size_t i = 0; i < content->count && len > 0; begin += content->list[i++].len) {
        struct slice run = content->list[i];

        if (from >= begin + run.len)
            continue;
        run = slice_part(run, (size_t)(from - begin), len < SIZE_MAX ? (size_t)len : SIZE_MAX);
        say_run(p->script, run, i == 0);
        from += run.len;
        len -= run.len;
    }
}

/* Notes the message and owes the reply that decides it. */
static void owe_verdict(struct play *p, const char *verb, const struct content *content,
                        uint64_t octets, const struct answer *answer)
{
    struct script *s = p->script;

    script_message(s, &(struct script_message){
                          .via = verb[0] == '.' ? "DATA" : verb,
                          .octets = octets,
                          .wire = content->octets,
                          .code = answer->code,
                          .content_turn = s->turn_count - 1,
                      });
    play_owe(p, verb, answer);
    p->owed[p->owed_count - 1].message = s->message_count;
}

static struct answer verdict(struct play *p, char *room, size_t size)
{
    if (play_chance(p, refusals(p)))
        return (struct answer){ 554, "5.7.1", "Message rejected\nas it looks like bulk mail" };
    (void)snprintf(room, size, "Ok: queued as %X%05X", p->number, (unsigned)p->script->turn_count);
    return (struct answer){ 250, "2.0.0", room };
}

static void send_data(struct play *p, const struct answer *answer, bool is_empty)
{
    static const struct answer go = { 354, NULL, "End data with <CR><LF>.<CR><LF>" };
    struct content content = { .count = 0 };

    play_ask_and_wait(p, "DATA", &go, "DATA");
    if (!is_empty)
        compose(p, &content);
    play_send(p, slice_of(NULL, 0));
    say_content(p, &content, 0, content.octets);
    play_send(p, slice_of(".\r\n", 3));
    owe_verdict(p, ".", &content, content.octets - content.dots, answer);
    mem_free(content.list);
    /* RFC 2920 3.1 lets a client go on behind the end of data. */
    if (!p->is_pipelining || random_below(p->random, 2) == 0)
        play_wait(p);
}

static void send_chunks(struct play *p, const struct answer *answer)
{
    uint32_t chunks = random_between(p->random, 1, 3);
    struct content content = { .count = 0 };
    uint64_t at = 0;

    compose(p, &content);
    for (uint32_t i = 0; i < chunks; i++) {
        bool is_last = i + 1 == chunks;
        uint64_t len = is_last ? content.octets - at : (content.octets - at) / 2;
        char line[64], text[64];
        int used = snprintf(line, sizeof(line), "BDAT %llu%s\r\n", (unsigned long long)len,
                            is_last ? " LAST" : "");

        play_send(p, slice_of(line, (size_t)used));
        say_content(p, &content, at, len);
        at += len;
        if (is_last) {
            owe_verdict(p, "BDAT", &content, content.octets, answer);
        } else {
            (void)snprintf(text, sizeof(text), "%llu octets received", (unsigned long long)len);
            play_owe(
                p, "BDAT",
                &(struct answer){ answer->code / 100 == 2 ? 250 : answer->code, "2.0.0", text });
        }
        if (!p->is_pipelining)
            play_wait(p);
    }
    mem_free(content.list);
}

/* How many were accepted. */
static uint32_t name_recipients(struct play *p, bool is_mail_accepted)
{
    static const struct answer fine = { 250, "2.1.5", "Ok" };
    static const struct answer sequence = { 503, "5.5.1", "Error: need MAIL command" };
    static const struct answer refused[] = {
        { 550, "5.1.1", "User unknown in local recipient table" },
        { 450, "4.2.0", "Greylisted, see https://postgrey.example.test/help" },
        { 554, "5.7.1", "Relay access denied" },
        { 452, "4.2.2", "The mailbox is full\nand its owner on leave" },
    };
    uint32_t wanted = random_below(p->random, 8) == 0 ? random_between(p->random, 4, 12)
                                                      : random_between(p->random, 1, 3);
    uint32_t accepted = 0;

    for (uint32_t i = 0; i < wanted; i++) {
        const struct answer *answer = &fine;

        if (!is_mail_accepted)
            answer = &sequence;
        else if (play_chance(p, refusals(p)))
            answer = &refused[random_below(p->random, 4)];
        accepted += answer == &fine;
        play_ask(p, "RCPT", answer, "RCPT TO:<user%u.%u@example.test>", p->number, i);
    }
    return accepted;
}

/* Nobody will get it: a client that waits gives up, one that was pipelining learns it too late. */
static void fail(struct play *p, bool is_mail_accepted, bool by_chunks)
{
    static const struct answer nobody = { 554, "5.5.1", "Error: no valid recipients" };
    static const struct answer sequence = { 503, "5.5.1", "Error: need RCPT command" };
    static const struct answer fine = { 250, "2.0.0", "Ok" };

    if (p->is_pipelining && by_chunks)
        send_chunks(p, is_mail_accepted ? &nobody : &sequence);
    else if (p->is_pipelining && is_mail_accepted && random_below(p->random, 4) == 0)
        /* RFC 2920 3.1: whoever is asked for a message all the same sends an empty one. */
        send_data(p, &nobody, true);
    else if (p->is_pipelining)
        play_ask_and_wait(p, "DATA", is_mail_accepted ? &nobody : &sequence, "DATA");
    if (is_mail_accepted)
        play_ask(p, "RSET", &fine, "RSET");
    play_wait(p);
}

void play_transaction(struct play *p)
{
    static const struct answer fine = { 250, "2.1.0", "Ok" };
    static const struct answer later = { 451, "4.7.1", "Service unavailable, try again later" };
    bool by_chunks = play_chance(p, p->workload->shares[SHARE_BDAT]);
    bool is_accepted = !play_chance(p, refusals(p) / 4);
    char room[64];
    struct answer answer;

    play_ask(p, "MAIL", is_accepted ? &fine : &later, "MAIL FROM:<sender%u@client.example.test>%s",
             p->number, by_chunks ? " BODY=8BITMIME" : "");
    if (!is_accepted && !p->is_pipelining)
        return;
    if (name_recipients(p, is_accepted) == 0) {
        fail(p, is_accepted, by_chunks);
        return;
    }
    if (!by_chunks && play_chance(p, refusals(p) / 8)) {
        play_ask_and_wait(p, "DATA", &later, "DATA");
        play_ask(p, "RSET", &(struct answer){ 250, "2.0.0", "Ok" }, "RSET");
        return;
    }
    answer = verdict(p, room, sizeof(room));
    if (by_chunks)
        send_chunks(p, &answer);
    else
        send_data(p, &answer, false);
}
