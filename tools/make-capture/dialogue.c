/* From the greeting to the end of a session, as servers and clients in use hold it. */
#include "make-capture/dialogue.h"

#include "make-capture/play.h"

enum { PORT_SMTP = 25, PORT_SUBMISSIONS = 465, PORT_SUBMISSION = 587 };

static double refusals(const struct play *p)
{
    return p->workload->shares[SHARE_REFUSALS];
}

/* False where the session is over with it. */
static bool greet(struct play *p)
{
    bool is_refused = play_chance(p, refusals(p) / 4);
    char text[128];

    if (is_refused) {
        play_owe(p, "CONNECT",
                 &(struct answer){ 554, NULL, "5.7.1 No mail is taken from your address" });
        play_wait(p);
        play_ask_and_wait(p, "QUIT", &(struct answer){ 221, "2.0.0", "Bye" }, "QUIT");
        return false;
    }
    (void)snprintf(text, sizeof(text), "%smx%u.example.test ESMTP Postfix",
                   random_below(p->random, 20) == 0 ? "mx.example.test\n" : "", p->number % 16);
    play_owe(p, "CONNECT", &(struct answer){ 220, NULL, text });
    play_wait(p);
    return true;
}

static void hello(struct play *p)
{
    static const struct answer refusal = { 502, NULL, "5.5.2 Command not recognized" };
    static const struct answer welcome = { 250, NULL, "mx.example.test" };
    char text[512];

    (void)snprintf(text, sizeof(text),
                   "mx%u.example.test%s\nSIZE 52428800\nVRFY\nETRN\nSTARTTLS%s%s\n8BITMIME\nDSN%s",
                   p->number % 16, p->is_pipelining ? "\nPIPELINING" : "",
                   p->script->port == PORT_SUBMISSION ? "\nAUTH PLAIN LOGIN" : "",
                   p->has_enhanced ? "\nENHANCEDSTATUSCODES" : "", "\nCHUNKING");
    if (play_chance(p, refusals(p) / 10)) {
        play_ask_and_wait(p, "EHLO", &refusal, "EHLO client%u.example.test", p->number);
        play_ask_and_wait(p, "HELO", &welcome, "HELO client%u.example.test", p->number);
        p->is_pipelining = false;
        return;
    }
    play_ask_and_wait(p, "EHLO", &(struct answer){ 250, NULL, text }, "%s client%u.example.test",
                      random_below(p->random, 8) == 0 ? "ehlo" : "EHLO", p->number);
}

static void authenticate(struct play *p)
{
    static const struct answer user = { 334, NULL, "VXNlcm5hbWU6" };
    static const struct answer password = { 334, NULL, "UGFzc3dvcmQ6" };
    static const struct answer welcome = { 235, "2.7.0", "Authentication successful" };
    static const struct answer refusal = { 535, "5.7.8", "Error: authentication failed" };

    if (play_chance(p, refusals(p)))
        play_ask_and_wait(p, "AUTH", &refusal, "AUTH PLAIN AGNhcm9sAHdyb25n");
    if (random_below(p->random, 2) == 0) {
        play_ask_and_wait(p, "AUTH", &welcome, "AUTH PLAIN AGNhcm9sAG5vdC1hLXNlY3JldA==");
        return;
    }
    play_ask_and_wait(p, "AUTH", &user, "AUTH LOGIN");
    play_ask_and_wait(p, "AUTH", &password, "Y2Fyb2w=");
    play_ask_and_wait(p, "AUTH", &welcome, "bm90LWEtc2VjcmV0");
}

/* What is no mail: it must not put anything out of step. */
static void digress(struct play *p)
{
    static const struct answer fine = { 250, "2.0.0", "Ok" };
    static const struct answer unknown = { 500, "5.5.2", "Error: command not recognized" };
    static const struct answer perhaps = { 252, "2.0.0", "postmaster" };

    switch (random_below(p->random, 12)) {
    case 0:
        play_ask_and_wait(p, "NOOP", &fine, "NOOP");
        break;
    case 1:
        play_ask(p, "RSET", &fine, "RSET");
        break;
    case 2:
        play_ask_and_wait(p, "VRFY", &perhaps, "VRFY postmaster");
        break;
    case 3:
        if (play_chance(p, refusals(p)))
            play_ask_and_wait(p, NULL, &unknown, "XHINT queue=%u", p->number);
        break;
    default:
        break;
    }
}

static void leave(struct play *p)
{
    struct script *s = p->script;

    if (random_below(p->random, 16) == 0) {
        play_wait(p);
        s->end = SCRIPT_CLIENT_CLOSES;
        return;
    }
    play_ask_and_wait(p, "QUIT", &(struct answer){ 221, "2.0.0", "Bye" }, "QUIT");
    s->end = random_below(p->random, 4) == 0 ? SCRIPT_CLIENT_CLOSES : SCRIPT_SERVER_CLOSES;
}

static void hold(struct play *p)
{
    uint32_t messages = random_between(p->random, 1, p->workload->messages);

    if (!greet(p))
        return;
    hello(p);
    if (p->script->tls == SCRIPT_STARTTLS) {
        play_ask_and_wait(p, "STARTTLS", &(struct answer){ 220, "2.0.0", "Ready to start TLS" },
                          "STARTTLS");
        play_tls(p);
        return;
    }
    if (p->script->port == PORT_SUBMISSION)
        authenticate(p);
    for (uint32_t i = 0; i < messages; i++) {
        digress(p);
        play_transaction(p);
    }
    leave(p);
}

void dialogue_write(struct script *script, struct random *r, const struct workload *workload,
                    const struct text *text, uint32_t number)
{
    const double *shares = workload->shares;
    struct play p = {
        .script = script,
        .random = r,
        .workload = workload,
        .text = text,
        .number = number,
        .is_pipelining = random_chance(r, shares[SHARE_PIPELINING]),
        .has_enhanced = random_below(r, 4) != 0,
    };

    script->port = random_chance(r, shares[SHARE_AUTH]) ? PORT_SUBMISSION : PORT_SMTP;
    if (random_chance(r, shares[SHARE_TLS]))
        script->tls = random_below(r, 3) == 0 ? SCRIPT_IMPLICIT_TLS : SCRIPT_STARTTLS;
    if (script->tls == SCRIPT_IMPLICIT_TLS) {
        script->port = PORT_SUBMISSIONS;
        play_tls(&p);
    } else {
        hold(&p);
    }
    if (random_chance(r, shares[SHARE_ABORTS]))
        script_cut(script, random_below(r, (uint32_t)script->turn_count),
                   random_below(r, 2) == 0 ? SCRIPT_RESET : SCRIPT_SILENCE);
}
