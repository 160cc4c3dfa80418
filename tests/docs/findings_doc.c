/* Writes docs/findings.md from the table of findings, so that the two cannot differ. */
#include <stdio.h>

#include "findings/finding.h"

static void write_row(const struct finding_rule *rule)
{
    printf("\n## %s\n\n", rule->id);
    printf("Severity: %s. Reference: %s.\n\n", severity_name(rule->severity), rule->reference);
    printf("%s\n\n**What to do:** %s\n", rule->meaning, rule->fix);
}

int main(void)
{
    size_t count;
    const struct finding_rule *rules = finding_rules(&count);

    printf(
        "# Findings\n\n"
        "<!-- Written by tools/findings-doc from the table in src/findings/rules.c: change that, "
        "then run it. -->\n\n"
        "What `smtpscope` can find in a session. `error`: mail was or may be lost, or an attack; "
        "`warning`: works now, breaks elsewhere; `info`: worth knowing. The severity named here "
        "is the usual one: a finding may be graver or milder where it stands. "
        "`smtpscope findings` prints the same table; `--finding ID` selects the sessions that "
        "hold one, `--fail-on` makes it the exit status.\n\n");
    for (size_t i = 0; i < count; i++)
        printf("- [%s](#%s): %s\n", rules[i].id, rules[i].id, severity_name(rules[i].severity));
    for (size_t i = 0; i < count; i++)
        write_row(&rules[i]);
    return ferror(stdout) != 0 || fflush(stdout) != 0;
}
