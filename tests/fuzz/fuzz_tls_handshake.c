/* The hello reader: octets cut anywhere make the same notices; slices lie in what was read.
 *
 * Input: where to cut, then both sides' octets as fuzz/turns.h has them. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cursor.h"
#include "fuzz/fuzz.h"
#include "fuzz/turns.h"
#include "support/exact.h"
#include "tls/hello.h"

/* Octet by octet everything is slow. */
enum { SLOW_MAX = 16384 };

struct log {
    char *text;
    size_t size;
    FILE *out;
};

static void put_slice(FILE *out, struct slice s)
{
    fprintf(out, " %zu ", s.len);
    if (s.len > 0)
        fwrite(s.data, 1, s.len, out);
}

static enum status take_notice(void *context, const struct tls_notice *notice)
{
    FILE *out = ((struct log *)context)->out;

    fprintf(out, "\n%d %d", notice->kind, notice->from);
    if (notice->kind == TLS_NOTICE_CLIENT_HELLO) {
        const struct tls_client_hello *hello = &notice->client;

        fprintf(out, " %x %x %d%d%d%d%d%d", hello->legacy_version, hello->highest_version,
                hello->offers_ticket, hello->offers_psk, hello->offers_session_id, hello->is_sslv2,
                hello->is_retried, hello->is_unread);
        put_slice(out, hello->sni);
        put_slice(out, hello->alpn);
    } else if (notice->kind == TLS_NOTICE_SERVER_HELLO) {
        const struct tls_server_hello *hello = &notice->server;

        assert(hello->resumed_known || !hello->resumed);
        fprintf(out, " %x %x %d%d%d%d", hello->version, hello->cipher, hello->is_retry,
                hello->resumed_known, hello->resumed, hello->is_unread);
        put_slice(out, hello->alpn);
    } else if (notice->kind == TLS_NOTICE_ALERT) {
        fprintf(out, " %d %d", notice->alert.level, notice->alert.code);
    }
    return STATUS_OK;
}

static void feed(struct tls_hello_reader *reader, const struct chunk *chunk, enum cut cut,
                 unsigned where)
{
    if (chunk->missing > 0)
        tls_hello_reader_gap(reader, chunk->from, chunk->missing);
    for (size_t at = 0; at < chunk->data.len;) {
        struct slice part = exact_copy(cut_part(chunk->data, at, cut, where));

        assert(tls_hello_reader_feed(reader, chunk->from, part) == STATUS_OK);
        at += part.len;
        exact_free(part);
    }
}

static void run(struct log *log, const struct turns *turns, enum cut cut, unsigned where)
{
    struct tls_notice_sink sink = { log, take_notice };
    struct tls_hello_reader *reader = tls_hello_reader_new(&sink);
    struct tls_progress progress;

    *log = (struct log){ 0 };
    log->out = open_memstream(&log->text, &log->size);
    assert(reader != NULL && log->out != NULL);
    for (size_t i = 0; i < turns->count; i++)
        feed(reader, &turns->list[i], cut, where);
    tls_hello_reader_progress(reader, &progress);
    fprintf(log->out, "\n%d%d%d%d%d%d%d %llu %llu", progress.client_hello, progress.server_hello,
            progress.is_established, progress.change_cipher[0], progress.change_cipher[1],
            progress.application_data[0], progress.application_data[1],
            (unsigned long long)progress.records[0], (unsigned long long)progress.records[1]);
    tls_hello_reader_free(reader);
    fclose(log->out);
}

static void check_same(const struct log *whole, const struct turns *turns, enum cut cut,
                       unsigned where)
{
    struct log log;
    bool is_same;

    run(&log, turns, cut, where);
    is_same = log.size == whole->size && memcmp(log.text, whole->text, log.size) == 0;
    if (!is_same)
        fprintf(stderr, "whole:%s\ncut (%d, %u):%s\n", whole->text, cut, where, log.text);
    assert(is_same);
    free(log.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct turns turns;
    struct cursor c = cursor_of(slice_of(data, size));
    unsigned where = cursor_u8(&c);
    struct log whole;

    turns_read(&turns, cursor_rest(&c));
    run(&whole, &turns, CUT_NOWHERE, 0);
    check_same(&whole, &turns, CUT_IN_TWO, where);
    if (turns.len <= SLOW_MAX)
        check_same(&whole, &turns, CUT_EVERYWHERE, 0);
    free(whole.text);
    return 0;
}
