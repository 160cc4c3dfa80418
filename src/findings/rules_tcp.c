/* Findings about what TCP had to do to get octets through, or could not. */
#include "findings/look.h"
#include "findings/path_mtu.h"
#include "findings/rules.h"
#include "findings/thresholds.h"

static const char *side_text(enum side side)
{
    return side == SIDE_CLIENT ? "client" : "server";
}

static void look_at_retransmissions(const struct session_record *record,
                                    const struct finding_rule *rule, struct findings *findings,
                                    enum side side)
{
    const struct tcp_direction *d = record_direction(record, side);
    struct finding_site site = { .n = 0 };
    uint64_t permille;

    if (d->retransmissions < RETRANSMISSIONS_MIN ||
        (uint64_t)d->retransmissions * 100 <= (uint64_t)d->data_segments * RETRANSMISSIONS_PERCENT)
        return;
    permille = (uint64_t)d->retransmissions * 1000 / d->data_segments;
    finding_raise(findings, rule, &site,
                  "%s of %s data segments of the %s's (%s.%u %%) carried only octets already seen",
                  number_text_of(d->retransmissions).text, number_text_of(d->data_segments).text,
                  side_text(side), number_text_of(permille / 10).text, (unsigned)(permille % 10));
}

void rule_retransmissions(const struct session_record *record, const struct finding_rule *rule,
                          struct findings *findings)
{
    look_at_retransmissions(record, rule, findings, SIDE_CLIENT);
    look_at_retransmissions(record, rule, findings, SIDE_SERVER);
}

static void look_at_window(const struct session_record *record, const struct finding_rule *rule,
                           struct findings *findings, enum side side)
{
    const struct tcp_direction *d = record_direction(record, side);
    struct finding_site site = { .n = 0 };

    if (d->zero_window_ns <= ZERO_WINDOW)
        return;
    finding_raise(findings, rule, &site,
                  "the %s's receive window was closed %s time%s, for %s in all: it did not read "
                  "what the %s sent",
                  side_text(side), number_text_of(d->zero_windows).text, plural(d->zero_windows),
                  duration_text_of(d->zero_window_ns).text, side_text(side_other(side)));
}

void rule_zero_window(const struct session_record *record, const struct finding_rule *rule,
                      struct findings *findings)
{
    look_at_window(record, rule, findings, SIDE_CLIENT);
    look_at_window(record, rule, findings, SIDE_SERVER);
}

static void raise_heeded(const struct path_mtu *mtu, const struct finding_rule *rule,
                         struct findings *findings)
{
    const struct tcp_too_big *told = &mtu->direction->too_big;
    struct finding_site site = finding_site_of(&told->place);
    struct sentence text = { .len = 0 };

    site.severity = SEVERITY_INFO;
    sentence_add(&text, "ICMP told the %s that its packets are too big", side_text(mtu->from));
    if (told->mtu > 0)
        sentence_add(&text, " (MTU %s)", number_text_of(told->mtu).text);
    sentence_add(&text, ", and nothing stalled after that");
    finding_raise(findings, rule, &site, "%s", text.text);
}

void rule_path_mtu(const struct session_record *record, const struct finding_rule *rule,
                   struct findings *findings)
{
    struct path_mtu mtu = path_mtu_of(record);
    struct finding_site site;

    if (mtu.verdict == PATH_MTU_FINE)
        return;
    if (mtu.verdict == PATH_MTU_HEEDED) {
        raise_heeded(&mtu, rule, findings);
        return;
    }
    struct sentence text = { .len = 0 };

    site = finding_site_of(&mtu.direction->stall.place);
    if (record_has_holes(record, side_other(mtu.from)))
        site.confidence = "acknowledgements may not have been captured";
    sentence_add(&text, "the %s's ", side_text(mtu.from));
    sentence_add_path_mtu(&text, &mtu);
    if (mtu.verdict == PATH_MTU_OVERCOME) {
        site.severity = SEVERITY_WARNING;
        sentence_add(&text, "; they got through in smaller ones after %s",
                     duration_text_of(mtu.direction->stall.ns).text);
    } else if (mtu.verdict == PATH_MTU_BLACK_HOLE) {
        sentence_add(&text, ", and no ICMP error said why: a path-MTU black hole");
    }
    finding_raise(findings, rule, &site, "%s", text.text);
}

/* What a client sent may be part of a password, which no report shows. */
static bool may_show(const struct session_record *record, enum side side)
{
    return side == SIDE_SERVER ||
           (record->auth_count == 0 && record->tcp->handshake != TCP_HANDSHAKE_MIDSTREAM);
}

/* A copy's first octets that differ, none where they may not be shown, and where it was captured. */
static void add_copy(struct sentence *text, const char *which, uint64_t frame, struct slice octets)
{
    sentence_add(text, "%s", which);
    if (octets.len > 0) {
        sentence_add(text, " \"");
        sentence_add_octets(text, octets, TCP_CONFLICT_OCTETS);
        sentence_add(text, "\"");
    }
    if (frame != 0)
        sentence_add(text, " in frame %s", number_text_of(frame).text);
    else
        sentence_add(text, " in a frame further back");
}

static void look_at_conflicts(const struct session_record *record, const struct finding_rule *rule,
                              struct findings *findings, enum side side)
{
    const struct tcp_direction *d = record_direction(record, side);
    const struct tcp_conflict *conflict = &d->conflict;
    struct finding_site site = finding_site_of(&conflict->place);

    if (d->overlap_conflicts == 0)
        return;
    struct sentence text = { .len = 0 };

    site.count = d->overlap_conflicts;
    sentence_add(&text, "the %s sent the same octets twice, and the copies differ",
                 side_text(side));
    if (conflict->place.frame != 0)
        sentence_add(&text, " from offset %s of its stream on",
                     number_text_of(conflict->offset).text);
    if (conflict->place.frame != 0) {
        size_t length = may_show(record, side) ? conflict->length : 0;

        add_copy(&text, ": first", conflict->first_frame, slice_of(conflict->first, length));
        add_copy(&text, ", then", conflict->place.frame, slice_of(conflict->second, length));
    }
    finding_raise(findings, rule, &site, "%.*s", (int)text.len, text.text);
}

void rule_tcp_overlap_conflict(const struct session_record *record, const struct finding_rule *rule,
                               struct findings *findings)
{
    look_at_conflicts(record, rule, findings, SIDE_CLIENT);
    look_at_conflicts(record, rule, findings, SIDE_SERVER);
}
