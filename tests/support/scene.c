/* Plays a script through the dialogue and the session's fold, as a conversation would. */
#include "support/scene.h"

#include <stdio.h>
#include <stdlib.h>

#include "findings/view.h"
#include "smtp/dialog.h"
#include "support/reference.h"
#include "support/script.h"
#include "support/suite.h"

static enum status apply(void *context, const struct smtp_event *event)
{
    return session_apply(context, event);
}

static void note_chunk(struct tcp_summary *tcp, const struct chunk *chunk)
{
    struct tcp_direction *direction = chunk->from == SIDE_CLIENT ? &tcp->client : &tcp->server;

    direction->bytes += chunk->data.len;
    direction->lost_bytes += chunk->missing;
    direction->gaps += chunk->missing > 0 ? 1 : 0;
    direction->packets++;
    direction->data_segments++;
}

static void set_end(struct tcp_summary *tcp, enum scene_end end)
{
    static const struct {
        enum tcp_close close;
        enum tcp_closed_by closed_by;
    } ends[] = {
        [SCENE_CLIENT_CLOSES] = { TCP_CLOSE_FIN, TCP_CLOSED_BY_CLIENT },
        [SCENE_SERVER_CLOSES] = { TCP_CLOSE_FIN, TCP_CLOSED_BY_SERVER },
        [SCENE_CLIENT_RESETS] = { TCP_CLOSE_RST_CLIENT, TCP_CLOSED_BY_CLIENT },
        [SCENE_SERVER_RESETS] = { TCP_CLOSE_RST_SERVER, TCP_CLOSED_BY_SERVER },
        [SCENE_CLIENT_RESETS_LATE] = { TCP_CLOSE_RST_CLIENT, TCP_CLOSED_BY_SERVER },
        [SCENE_IDLE] = { TCP_CLOSE_IDLE, TCP_CLOSED_BY_NOBODY },
        [SCENE_CAPTURE_ENDS] = { TCP_CLOSE_OPEN, TCP_CLOSED_BY_NOBODY },
    };

    tcp->close = ends[end].close;
    tcp->closed_by = ends[end].closed_by;
}

static struct tcp_summary summary_of(const struct scene *scene, const struct script *script)
{
    struct tcp_summary tcp = {
        .handshake = script->is_midstream ? TCP_HANDSHAKE_MIDSTREAM : TCP_HANDSHAKE_COMPLETE,
        .client_is_certain = true,
        .round_trip_ns = STAMP_MILLISECOND,
        .established_ns = STAMP_MILLISECOND,
        .server_trip_ns = STAMP_MILLISECOND,
        .syn_count = 1,
    };

    for (size_t i = 0; i < script->count; i++)
        note_chunk(&tcp, &script->chunks[i]);
    tcp.last.frame = script->count + 1;
    tcp.last.at.ns = (int64_t)tcp.last.frame * STAMP_SECOND + script->waited;
    set_end(&tcp, scene->end);
    if (tcp.closed_by != TCP_CLOSED_BY_NOBODY)
        tcp.first_close = tcp.last;
    if (scene->alter != NULL)
        scene->alter(&tcp);
    return tcp;
}

void scene_refuse(struct tcp_summary *tcp)
{
    tcp->handshake = TCP_HANDSHAKE_REFUSED;
    tcp->close = TCP_CLOSE_RST_SERVER;
    tcp->last.at.ns = tcp->first.at.ns + 43000;
}

void scene_refuse_by_icmp(struct tcp_summary *tcp)
{
    scene_refuse(tcp);
    tcp->was_reset_by_icmp = true;
    tcp->refusal = (struct tcp_refusal){ .sender = { 4, { 203, 0, 113, 9 } }, .code = 13 };
}

void scene_leave_unanswered(struct tcp_summary *tcp)
{
    tcp->handshake = TCP_HANDSHAKE_UNANSWERED;
    tcp->close = TCP_CLOSE_OPEN;
    tcp->syn_count = 7;
    tcp->last.at.ns = tcp->first.at.ns + 63 * STAMP_SECOND;
}

void scene_ask_once(struct tcp_summary *tcp)
{
    scene_leave_unanswered(tcp);
    tcp->syn_count = 1;
}

void scene_lose_server(struct tcp_summary *tcp)
{
    tcp->server = (struct tcp_direction){ .lost_bytes = 100, .gaps = 1 };
}

void scene_snap(struct tcp_summary *tcp)
{
    tcp->is_snapped = true;
}

void scene_lose_client(struct tcp_summary *tcp)
{
    tcp->client = (struct tcp_direction){ .lost_bytes = 100, .gaps = 1 };
}

void scene_play(struct played_scene *played, const struct scene *scene)
{
    static struct script script;
    struct endpoint client = { .address = { .version = 4 }, .port = 40000 };
    struct endpoint server = { .address = { .version = 4 }, .port = 25 };
    struct smtp_event_sink sink = { .event = apply };
    struct smtp_dialog_options options = { 0 };
    struct smtp_dialog *dialog;

    *played = (struct played_scene){ 0 };
    ck_assert_msg(script_read_text(&script, scene->script), "%s", scene->name);
    if (scene->port != 0)
        server.port = scene->port;
    played->tcp = summary_of(scene, &script);
    options.is_midstream = script.is_midstream;
    ck_assert_int_eq(session_new(&played->session, &played->tcp.first), STATUS_OK);
    sink.context = played->session;
    ck_assert_int_eq(smtp_dialog_new(&dialog, &options, &sink), STATUS_OK);
    for (size_t i = 0; i < script.count; i++)
        ck_assert_int_eq(smtp_dialog_feed(dialog, &script.chunks[i]), STATUS_OK);
    ck_assert_int_eq(smtp_dialog_finish(dialog, &played->tcp.last), STATUS_OK);
    smtp_dialog_free(dialog);
    ck_assert_int_eq(
        session_close(played->session, &played->tcp, &client, &server, 1, &played->record),
        STATUS_OK);
    played->findings.slow_ns = scene->slow_ns;
    findings_run(&played->findings, played->record);
    ck_assert_int_eq(played->findings.status, STATUS_OK);
}

void scene_clear(struct played_scene *played)
{
    findings_clear(&played->findings);
    session_free(played->session);
}

/* The findings as a scene writes them, on the heap. */
static char *findings_text(const struct findings *findings)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(out);
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->list[i];

        fprintf(out, "%s%s %s", i == 0 ? "" : "; ", severity_name(finding->severity),
                finding->rule->id);
        if (finding->n > 0)
            fprintf(out, " at %u", (unsigned)finding->n);
        if (finding->count > 1)
            fprintf(out, " x%llu", (unsigned long long)finding->count);
    }
    fclose(out);
    return text;
}

static void check_summary(const struct scene *scene, struct played_scene *played)
{
    struct diagnosis diagnosis;
    struct catalog *catalog;
    char text[2048];

    ck_assert_int_eq(catalog_open(&catalog), STATUS_OK);
    ck_assert_int_eq(diagnose(&diagnosis, played->record, &played->findings, catalog), STATUS_OK);
    if (diagnosis.reference != NULL)
        ck_assert_msg(reference_names_are_whole(diagnosis.reference), "%s: %s", scene->name,
                      diagnosis.reference);
    snprintf(text, sizeof text, "%s: %.*s", severity_name(diagnosis.severity),
             (int)diagnosis.summary_len, diagnosis.summary);
    ck_assert_msg(strcmp(text, scene->summary) == 0, "%s:\n got      %s\n expected %s", scene->name,
                  text, scene->summary);
    if (scene->fix != NULL)
        ck_assert_msg(diagnosis.fix != NULL &&
                          strncmp(diagnosis.fix, scene->fix, strlen(scene->fix)) == 0,
                      "%s:\n got      %s\n expected %s", scene->name,
                      diagnosis.fix == NULL ? "nothing" : diagnosis.fix, scene->fix);
    catalog_free(catalog);
}

static void check_message(const struct scene *scene, const struct findings *findings)
{
    struct slice wanted = slice_of_string(scene->message);
    struct slice got;

    ck_assert_msg(findings->count > 0, "%s: nothing found", scene->name);
    got = slice_of(findings->list[0].message, findings->list[0].message_len);
    ck_assert_msg(slice_starts(got, wanted), "%s:\n got      %.*s\n expected %s", scene->name,
                  (int)got.len, (const char *)got.data, scene->message);
}

static void check_references(const struct scene *scene, const struct findings *findings)
{
    for (uint32_t i = 0; i < findings->count; i++)
        ck_assert_msg(reference_is_well_formed(findings->list[i].reference), "%s: %s", scene->name,
                      findings->list[i].reference);
}

/* The slow way: every rule looks at every entry of the kinds it asks for, however usual, and at every
 * record. */
static struct findings found_slowly(const struct played_scene *played, int64_t slow_ns)
{
    struct findings all = { .slow_ns = slow_ns };
    struct view view = view_of(played->record);
    size_t count;
    const struct finding_rule *rules = finding_rules(&count);

    for (uint32_t i = 0; i < played->record->entry_count; i++) {
        view_enter(&view, &played->record->entries[i]);
        for (size_t row = 0; row < count; row++) {
            if (rules[row].step != NULL && (rules[row].entries >> at_of(&view) & 1) != 0)
                rules[row].step(&view, &rules[row], &all);
        }
        view_leave(&view);
    }
    for (size_t row = 0; row < count; row++) {
        if (rules[row].look != NULL)
            rules[row].look(played->record, &rules[row], &all);
    }
    return all;
}

/* What is passed over, because it is as usual, shows nothing. */
static void check_all_was_seen(const struct scene *scene, const struct played_scene *played)
{
    struct findings all = found_slowly(played, scene->slow_ns);

    ck_assert_uint_eq(all.count, played->findings.count);
    for (uint32_t i = 0; i < all.count; i++) {
        const struct finding *slow = &all.list[i];
        const struct finding *found = finding_of(&played->findings, slow->rule->id);

        ck_assert_msg(found != NULL, "%s: %s is passed over", scene->name, slow->rule->id);
        ck_assert_uint_eq(found->count, slow->count);
        ck_assert_uint_eq(found->n, slow->n);
        ck_assert_str_eq(found->message, slow->message);
    }
    findings_clear(&all);
}

void scene_check(const struct scene *scene)
{
    struct played_scene played;

    scene_play(&played, scene);
    check_references(scene, &played.findings);
    check_all_was_seen(scene, &played);
    if (scene->findings != NULL) {
        char *text = findings_text(&played.findings);

        ck_assert_msg(strcmp(text, scene->findings) == 0, "%s:\n got      %s\n expected %s",
                      scene->name, text, scene->findings);
        free(text);
    }
    if (scene->message != NULL)
        check_message(scene, &played.findings);
    if (scene->summary != NULL)
        check_summary(scene, &played);
    scene_clear(&played);
}

static const struct scene *scenes_of_suite;

START_TEST(each_scene_shows_what_it_says)
{
    scene_check(&scenes_of_suite[_i]);
}
END_TEST

int scene_suite_run(const char *name, const struct scene *scenes, size_t count, TCase *more)
{
    TCase *tc = more == NULL ? tcase_create("scenes") : more;

    scenes_of_suite = scenes;
    tcase_add_loop_test(tc, each_scene_shows_what_it_says, 0, (int)count);
    return suite_run(name, tc);
}
