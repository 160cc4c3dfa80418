/* Findings about transactions. */
#include "support/scene.h"

#define CHUNKING SCENE_EHLO "S: 250 CHUNKING\n"
#define RESET "C: RSET\nS: 250 ok\n" SCENE_QUIT
#define MAIL_WITH(offer, parameter) \
    SCENE_EHLO "S: 250 " offer "\nC: MAIL FROM:<a@c.example> " parameter "\nS: 250 ok\n" RESET
#define RCPT_WITH(offer, parameter)                                                  \
    SCENE_EHLO "S: 250 " offer "\n" SCENE_MAIL "C: RCPT TO:<b@d.example> " parameter \
               "\nS: 250 ok\n" RESET

/* clang-format off */
static const struct scene scenes[] = {
    { .name = "SIZE without the offer",
      .script = MAIL_WITH("HELP", "SIZE=9"),
      .findings = "warning extension-not-offered at 4",
      .message = "MAIL SIZE was used, and the server did not offer SIZE" },
    { .name = "SIZE with the offer", .script = MAIL_WITH("SIZE", "size=9"), .findings = "" },
    { .name = "BODY=8BITMIME without the offer",
      .script = MAIL_WITH("BINARYMIME", "BODY=8BITMIME"),
      .findings = "warning extension-not-offered at 4",
      .message = "MAIL BODY=8BITMIME was used, and the server did not offer 8BITMIME" },
    { .name = "BODY=BINARYMIME with the offer",
      .script = MAIL_WITH("BINARYMIME", "BODY=BINARYMIME"), .findings = "" },
    { .name = "BODY=BINARYMIME with 8BITMIME only",
      .script = MAIL_WITH("8BITMIME", "BODY=BINARYMIME"),
      .findings = "warning extension-not-offered at 4" },
    { .name = "SMTPUTF8 without the offer",
      .script = MAIL_WITH("HELP", "SMTPUTF8"),
      .findings = "warning extension-not-offered at 4" },
    { .name = "REQUIRETLS without the offer",
      .script = MAIL_WITH("HELP", "REQUIRETLS"),
      .findings = "warning extension-not-offered at 4" },
    { .name = "two DSN parameters without the offer are counted",
      .script = MAIL_WITH("HELP", "RET=HDRS ENVID=x"),
      .findings = "warning extension-not-offered at 4 x2" },
    { .name = "DSN with the offer",
      .script = MAIL_WITH("DSN", "RET=HDRS ENVID=x"), .findings = "" },
    { .name = "NOTIFY without the offer",
      .script = RCPT_WITH("HELP", "NOTIFY=NEVER"),
      .findings = "warning extension-not-offered at 6" },
    { .name = "NOTIFY with the offer", .script = RCPT_WITH("DSN", "NOTIFY=NEVER"), .findings = "" },
    { .name = "a keyword that only begins like the offer is none",
      .script = MAIL_WITH("SIZES 9", "SIZE=9"),
      .findings = "warning extension-not-offered at 4" },
    { .name = "a parameter that no extension of ours has",
      .script = MAIL_WITH("HELP", "FROB=1"), .findings = "" },
    { .name = "CHUNKING without the offer",
      .script = SCENE_HELLO SCENE_ENVELOPE "C| BDAT 2 LAST\\r\\nhi\nS: 250 ok\n" SCENE_QUIT,
      .findings = "warning extension-not-offered at 8" },
    { .name = "AUTH and STARTTLS without the offer",
      .script = SCENE_HELLO "C: STARTTLS\nS: 502 no\nC: AUTH PLAIN AGEAYg==\nS: 503 no\n"
                SCENE_QUIT,
      .findings = "warning extension-not-offered at 4 x2; warning auth-in-clear at 6" },
    { .name = "where EHLO's reply was not captured whole nothing is held against the client",
      .script = "S: 220 mx\nC: EHLO c\nS: 250-mx\nS! 20\nS: 250 HELP\n"
                "C: MAIL FROM:<a@c.example> SIZE=9\nS: 250 ok\n" RESET,
      .findings = "info capture-gap at 3" },

    { .name = "a message declared at the server's limit",
      .script = MAIL_WITH("SIZE 100", "SIZE=100"), .findings = "" },
    { .name = "a message declared one octet over it",
      .script = MAIL_WITH("SIZE 100", "SIZE=101"),
      .findings = "warning size-over-limit at 4",
      .message = "MAIL declares 101 octets; the server takes 100" },
    { .name = "0 is no limit",
      .script = MAIL_WITH("SIZE 0", "SIZE=999999"), .findings = "" },
    { .name = "a message sent at the limit, stuffed dot and end of data not counted",
      .script = SCENE_EHLO "S: 250 SIZE 10\n" SCENE_ENVELOPE SCENE_DATA
                "C| ..345678\\r\\n\\r\\n.\\r\\n\nS: 552 no\n" SCENE_QUIT,
      .findings = "warning size-over-limit at 10",
      .message = "a message of 11 octets was sent; the server takes 10" },
    { .name = "a message sent one octet under",
      .script = SCENE_EHLO "S: 250 SIZE 10\n" SCENE_ENVELOPE SCENE_DATA
                "C| ..34567\\r\\n\\r\\n.\\r\\n\nS: 250 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "chunks are added up",
      .script = SCENE_EHLO "S: 250-SIZE 10\nS: 250 CHUNKING\n" SCENE_ENVELOPE
                "C| BDAT 8\\r\\n123456\\r\\n\nS: 250 ok\nC| BDAT 3 LAST\\r\\n1\\r\\n\nS: 552 no\n"
                SCENE_QUIT,
      .findings = "warning size-over-limit at 12" },

    { .name = "100 recipients",
      .script = SCENE_EHLO "S: 250 PIPELINING\n" SCENE_MAIL
                "C* 100 RCPT TO:<b@d.example>\\r\\n\nS* 100 250 ok\\r\\n\n" RESET,
      .findings = "" },
    { .name = "101 recipients",
      .script = SCENE_EHLO "S: 250 PIPELINING\n" SCENE_MAIL
                "C* 101 RCPT TO:<b@d.example>\\r\\n\nS* 101 250 ok\\r\\n\n" RESET,
      .findings = "info too-many-recipients at 4",
      .message = "101 recipients in one transaction" },

    { .name = "a message that never ended",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA "C| hi\\r\\n\n", .end = SCENE_CLIENT_RESETS,
      .findings = "error message-unterminated at 10; error connection-reset",
      .message = "4 octets of a message were sent, and its end (CRLF . CRLF) never was; the client "
                 "reset the connection" },
    { .name = "a message that the capture's end cut off",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA "C| hi\\r\\n\n", .end = SCENE_CAPTURE_ENDS,
      .findings = "" },
    { .name = "a message whose end may lie in a hole",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA "C| hi\\r\\n\nC! 3\n",
      .end = SCENE_SERVER_CLOSES,
      .findings = "info capture-gap at 10" },
    { .name = "a message that ended",
      .script = SCENE_HELLO SCENE_ENVELOPE SCENE_DATA "C| hi\\r\\n.\\r\\n\nS: 250 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "chunks without a last one",
      .script = CHUNKING SCENE_ENVELOPE "C| BDAT 2\\r\\nhi\nS: 250 ok\n" SCENE_QUIT,
      .findings = "error message-unterminated at 9" },
    { .name = "chunks taken back by RSET",
      .script = CHUNKING SCENE_ENVELOPE "C| BDAT 2\\r\\nhi\nS: 250 ok\n" RESET,
      .findings = "" },
    { .name = "BDAT 0 LAST",
      .script = CHUNKING SCENE_ENVELOPE "C| BDAT 2\\r\\nhi\nS: 250 ok\nC: BDAT 0 LAST\nS: 250 ok\n"
                SCENE_QUIT,
      .findings = "" },

    { .name = "a chunk cut short",
      .script = CHUNKING SCENE_ENVELOPE "C| BDAT 3 LAST\\r\\nhi\n", .end = SCENE_SERVER_CLOSES,
      .findings = "error bdat-incomplete at 9",
      .message = "BDAT announced 3 octets and 2 were sent; the server closed the connection" },
    { .name = "a chunk that is whole",
      .script = CHUNKING SCENE_ENVELOPE "C| BDAT 3 LAST\\r\\nhi!\nS: 250 ok\n" SCENE_QUIT,
      .findings = "" },

    { .name = "a BDAT without a size",
      .script = CHUNKING SCENE_ENVELOPE "C: BDAT\nS: 501 no\n" RESET,
      .findings = "error bdat-invalid at 8",
      .message = "BDAT names no size: BDAT" },
    { .name = "a BDAT whose size is no number",
      .script = CHUNKING SCENE_ENVELOPE "C: BDAT 0x10 LAST\nS: 501 no\n" RESET,
      .findings = "error bdat-invalid at 8",
      .message = "BDAT has a size that is no number" },
    { .name = "a BDAT of as many octets as a server counts to",
      .script = CHUNKING SCENE_ENVELOPE "C: BDAT 9223372036854775807\n",
      .findings = "error bdat-incomplete at 9" },
    { .name = "a BDAT of one octet more",
      .script = CHUNKING SCENE_ENVELOPE "C: BDAT 9223372036854775808\nS: 501 no\n" RESET,
      .findings = "error bdat-invalid at 8",
      .message = "BDAT has a size that no server counts to" },
    { .name = "a BDAT with another word than LAST",
      .script = CHUNKING SCENE_ENVELOPE "C: BDAT 10 FIRST\nS: 501 no\n" RESET,
      .findings = "error bdat-invalid at 8" },
    { .name = "BDAT in small letters",
      .script = CHUNKING SCENE_ENVELOPE "C| bdat 2 last\\r\\nhi\nS: 250 ok\n" SCENE_QUIT,
      .findings = "" },
    { .name = "DATA after BDAT in one transaction",
      .script = CHUNKING SCENE_ENVELOPE "C| BDAT 2\\r\\nhi\nS: 250 ok\nC: DATA\nS: 503 no\n" RESET,
      .findings = "error bdat-invalid at 11",
      .message = "DATA in a transaction that BDAT has begun" },
    { .name = "DATA after BDAT in the next transaction",
      .script = CHUNKING SCENE_ENVELOPE "C| BDAT 2 LAST\\r\\nhi\nS: 250 ok\n" SCENE_ENVELOPE
                SCENE_DATA "C| hi\\r\\n.\\r\\n\nS: 250 ok\n" SCENE_QUIT,
      .findings = "" },
};
/* clang-format on */

int main(void)
{
    return scene_suite_run("findings/rules_transaction", scenes, sizeof(scenes) / sizeof(*scenes),
                           NULL);
}
