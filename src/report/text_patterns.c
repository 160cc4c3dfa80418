/* What only several sessions together show: at the end of the text report and in the summary. */
#include "report/human.h"
#include "report/text_parts.h"

/* "warning" and two spaces: where findings have their text too. */
enum { PATTERN_COLUMNS = 9 };

static void sessions(struct layout *l, const struct pattern *pattern)
{
    layout_text(l, ROLE_DIM, pattern->session_count == 1 ? " (session " : " (sessions ");
    for (size_t i = 0; i < pattern->session_count; i++)
        layout_format(l, ROLE_DIM, "%s%s", i == 0 ? "" : ", ",
                      human_plain(pattern->sessions[i]).text);
    layout_text(l, ROLE_DIM, pattern->session_count == PATTERN_SESSIONS ? ", ...)" : ")");
}

void text_patterns(struct layout *l, const struct patterns *patterns)
{
    struct pattern pattern;
    uint64_t overflow = patterns_overflow(patterns);
    bool is_first = true;

    for (size_t at = 0; patterns_next(patterns, &at, &pattern);) {
        if (is_first) {
            layout_blank(l);
            layout_text(l, ROLE_STRONG, "Across sessions");
            layout_end(l);
        }
        is_first = false;
        layout_text(l, text_severity_role(pattern.severity), severity_name(pattern.severity));
        layout_pad(l, PATTERN_COLUMNS);
        layout_hang_at(l, PATTERN_COLUMNS + 2);
        layout_text(l, ROLE_STRONG, pattern.id);
        layout_text(l, ROLE_PLAIN, ": ");
        layout_wire(l, ROLE_PLAIN, sentence_view(&pattern.message));
        sessions(l, &pattern);
        layout_end_prose(l);
        layout_pad(l, PATTERN_COLUMNS + 2);
        layout_hang(l);
        layout_text(l, ROLE_PLAIN, pattern.fix);
        layout_end_prose(l);
    }
    if (overflow > 0) {
        layout_format(l, ROLE_DIM, "%s more clients, servers, domains or messages not followed",
                      human_count(overflow).text);
        layout_end(l);
    }
}
