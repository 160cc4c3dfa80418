/* Picks from a record what no other way of capturing the same packets may change. */
#include "mangle/session_view.h"

#include <stdlib.h>
#include <string.h>

static bool is_true(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

static json_int_t number(const json_t *object, const char *key)
{
    return json_integer_value(json_object_get(object, key));
}

static const char *string(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    return text == NULL ? "" : text;
}

static json_t *copy_of(const json_t *object, const char *key)
{
    json_t *value = json_object_get(object, key);

    return value == NULL ? json_null() : json_incref(value);
}

/* What is answered: a line, or data. */
static json_t *asked_of(const json_t *dialogue, const json_t *reply)
{
    const json_t *asked = json_array_get(dialogue, (size_t)number(reply, "answers") - 1);

    return asked == NULL ? json_null()
                         : json_pack("[s, o]", string(asked, "kind"), copy_of(asked, "line"));
}

static json_t *replies_of(const json_t *record)
{
    const json_t *dialogue = json_object_get(record, "dialogue");
    json_t *replies = json_array();
    const json_t *entry;
    size_t i;

    json_array_foreach(dialogue, i, entry) if (strcmp(string(entry, "kind"), "reply") == 0)
        json_array_append_new(replies, json_pack("[o, o, o, o]", copy_of(entry, "verb"),
                                                 copy_of(entry, "code"), copy_of(entry, "lines"),
                                                 asked_of(dialogue, entry)));
    return replies;
}

static json_t *messages_of(const json_t *record)
{
    json_t *messages = json_deep_copy(json_object_get(record, "messages"));
    json_t *message;
    size_t i;

    json_array_foreach(messages, i, message) json_object_del(message, "duration_ms");
    return messages;
}

static bool has_doubtful_entry(const json_t *record)
{
    const json_t *entry;
    size_t i;

    json_array_foreach(json_object_get(record, "dialogue"), i,
                       entry) if (is_true(entry, "doubtful") ||
                                  strcmp(string(entry, "kind"), "gap") == 0) return true;
    return is_true(record, "dialogue_truncated");
}

static bool has_doubtful_side(const json_t *record)
{
    const json_t *tcp = json_object_get(record, "tcp");
    const json_t *sides[] = { json_object_get(tcp, "client"), json_object_get(tcp, "server") };

    for (size_t i = 0; i < 2; i++)
        if (number(sides[i], "lost_bytes") > 0 || number(sides[i], "checksum_errors") > 0 ||
            number(sides[i], "overlap_conflicts") > 0)
            return true;
    return false;
}

static json_t *view_of(const json_t *record)
{
    bool is_doubtful = json_array_size(json_object_get(record, "findings")) > 0 ||
                       has_doubtful_entry(record) || has_doubtful_side(record);
    json_int_t accepted = 0;
    json_int_t sure = 0;
    const json_t *message;
    size_t i;

    json_array_foreach(json_object_get(record, "messages"), i, message)
    {
        accepted += is_true(message, "accepted");
        sure += is_true(message, "accepted") && is_true(message, "complete") && !is_doubtful;
    }
    return json_pack("{s: [o, o, o], s: I, s: I}", "mail", copy_of(record, "outcome"),
                     replies_of(record), messages_of(record), "accepted", accepted, "sure", sure);
}

static bool has_all(const json_t *record, const json_t *schema)
{
    const json_t *key;
    size_t i;

    json_array_foreach(json_object_get(schema, "required"), i,
                       key) if (json_object_get(record, json_string_value(key)) ==
                                NULL) return false;
    return json_is_object(record);
}

static void add_view(json_t *views, const json_t *record)
{
    const json_t *client = json_object_get(record, "client");
    const json_t *server = json_object_get(record, "server");
    json_t *key = json_sprintf("%s %d - %s %d", string(client, "ip"), (int)number(client, "port"),
                               string(server, "ip"), (int)number(server, "port"));
    const char *name = json_string_value(key);

    if (json_object_get(views, name) == NULL)
        json_object_set_new(views, name, json_array());
    json_array_append_new(json_object_get(views, name), view_of(record));
    json_decref(key);
}

/* Lines come as sessions end; numbers tell which began first. */
static int by_session(const void *a, const void *b)
{
    json_int_t first = number(*(json_t *const *)a, "session");
    json_int_t second = number(*(json_t *const *)b, "session");

    return (first > second) - (first < second);
}

static const char *add_lines(json_t *records, struct slice ndjson, const json_t *schema)
{
    while (ndjson.len > 0) {
        size_t end = slice_find(ndjson, 0, '\n');
        json_t *record;

        if (end == SLICE_NONE)
            return "a line has no end";
        record = json_loadb((const char *)ndjson.data, end, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL,
                            NULL);
        if (record == NULL || json_array_append_new(records, record) != 0)
            return "a line is no JSON";
        if (!has_all(record, schema))
            return "a record lacks what the schema requires";
        ndjson = slice_from(ndjson, end + 1);
    }
    return NULL;
}

json_t *session_views(struct slice ndjson, const json_t *schema, const char **why)
{
    json_t *records = json_array();
    json_t *views = json_object();
    size_t count;
    json_t **sorted;

    *why = add_lines(records, ndjson, schema);
    count = json_array_size(records);
    sorted = calloc(count + 1, sizeof(*sorted));
    if (*why != NULL || sorted == NULL) {
        json_decref(views);
        views = NULL;
        count = 0;
    }
    for (size_t i = 0; i < count; i++)
        sorted[i] = json_array_get(records, i);
    if (count > 0)
        qsort(sorted, count, sizeof(*sorted), by_session);
    for (size_t i = 0; i < count; i++)
        add_view(views, sorted[i]);
    free(sorted);
    json_decref(records);
    return views;
}

static json_t *mails_of(const json_t *views, const char *name)
{
    json_t *mails = json_array();
    const json_t *view;
    size_t i;

    json_array_foreach(json_object_get(views, name), i, view)
        json_array_append_new(mails, copy_of(view, "mail"));
    return mails;
}

static char *difference_at(const json_t *expected, const json_t *got, const char *name)
{
    json_t *a = mails_of(expected, name);
    json_t *b = mails_of(got, name);
    char *text = NULL;

    if (!json_equal(a, b)) {
        json_t *both = json_pack("{s: O, s: O}", "expected", a, "got", b);

        text = json_dumps(both, JSON_COMPACT);
        json_decref(both);
    }
    json_decref(a);
    json_decref(b);
    return text;
}

char *session_views_difference(json_t *expected, json_t *got)
{
    const char *name;
    json_t *views;
    char *text = NULL;

    json_object_foreach(expected, name, views) if (text == NULL) text =
        difference_at(expected, got, name);
    json_object_foreach(got, name, views) if (text == NULL) text =
        difference_at(expected, got, name);
    return text;
}

static json_int_t sum(const json_t *views, const char *key)
{
    json_int_t total = 0;
    const json_t *view;
    size_t i;

    json_array_foreach(views, i, view) total += number(view, key);
    return total;
}

bool session_views_invent(const json_t *original, const json_t *got)
{
    const char *name;
    json_t *views;

    /* NOLINTNEXTLINE(clang-diagnostic-cast-qual): jansson's macro takes no constant object */
    json_object_foreach((json_t *)got, name,
                        views) if (sum(views, "sure") >
                                   sum(json_object_get(original, name), "accepted")) return true;
    return false;
}

json_int_t session_views_accepted(const json_t *views)
{
    json_int_t total = 0;
    const char *name;
    json_t *list;

    /* NOLINTNEXTLINE(clang-diagnostic-cast-qual): as above */
    json_object_foreach((json_t *)views, name, list) total += sum(list, "accepted");
    return total;
}
