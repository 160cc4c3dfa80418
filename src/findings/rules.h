/* The functions of the table in rules.c: each looks at a record and raises what it finds. */
#ifndef SMTPSCOPE_FINDINGS_RULES_H
#define SMTPSCOPE_FINDINGS_RULES_H

#include "findings/finding.h"
#include "findings/view.h"

/* At one entry of the dialogue, or once, at the whole of it. */
typedef void rule_step_fn(const struct view *view, const struct finding_rule *rule,
                          struct findings *findings);
typedef void rule_look_fn(const struct session_record *record, const struct finding_rule *rule,
                          struct findings *findings);

/* rules_line.c */
rule_step_fn rule_command_line_too_long;
rule_look_fn rule_reply_line_too_long;
rule_look_fn rule_text_line_too_long;
rule_look_fn rule_bare_lf;
rule_look_fn rule_bare_cr;
rule_step_fn rule_line_unterminated;
rule_look_fn rule_nul_octet;
rule_look_fn rule_non_ascii_command;
rule_look_fn rule_8bit_not_offered;

/* rules_syntax.c */
rule_step_fn rule_path_too_long;
rule_step_fn rule_local_part_too_long;
rule_step_fn rule_domain_too_long;
rule_step_fn rule_command_syntax;
rule_step_fn rule_unknown_command;

/* rules_reply.c */
rule_step_fn rule_reply_syntax;
rule_look_fn rule_reply_code_mismatch;
rule_step_fn rule_enhanced_code_mismatch;
rule_step_fn rule_unexpected_reply;
rule_step_fn rule_unanswered_command;

/* rules_sequence.c */
rule_step_fn rule_helo_missing;
rule_step_fn rule_nested_mail;
rule_step_fn rule_rcpt_without_mail;
rule_step_fn rule_data_without_recipient;
rule_step_fn rule_early_talker;
rule_look_fn rule_quit_missing;

/* rules_pipelining.c */
rule_step_fn rule_pipelining_not_offered;
rule_step_fn rule_pipelining_out_of_sync;

/* rules_transaction.c */
rule_step_fn rule_extension_not_offered;
rule_step_fn rule_size_over_limit;
rule_look_fn rule_too_many_recipients;
rule_step_fn rule_message_unterminated;
rule_look_fn rule_chunks_unfinished;
rule_step_fn rule_bdat_incomplete;
rule_step_fn rule_bdat_invalid;

/* rules_smuggling.c */
rule_look_fn rule_smtp_smuggling;

/* rules_starttls.c */
rule_look_fn rule_starttls_command_injection;
rule_look_fn rule_starttls_response_injection;
rule_step_fn rule_starttls_stripped;
rule_step_fn rule_banner_masked;
rule_look_fn rule_plaintext_after_starttls;
rule_look_fn rule_ehlo_after_tls_missing;

/* rules_auth.c */
rule_look_fn rule_auth_in_clear;
rule_look_fn rule_auth_repeated_failure;

/* rules_tls.c */
rule_look_fn rule_tls_handshake_failed;
rule_look_fn rule_tls_old_version;

/* rules_connection.c */
rule_look_fn rule_tls_on_plain_port;
rule_look_fn rule_plain_on_tls_port;
rule_look_fn rule_connection_refused;
rule_look_fn rule_connection_unanswered;
rule_look_fn rule_connection_reset;
rule_look_fn rule_connection_idle;

/* rules_timing.c */
rule_look_fn rule_slow_reply;
rule_step_fn rule_slow_greeting;
rule_look_fn rule_client_stall;

/* rules_tcp.c */
rule_look_fn rule_retransmissions;
rule_look_fn rule_zero_window;
rule_look_fn rule_path_mtu;
rule_look_fn rule_tcp_overlap_conflict;

/* rules_capture.c */
rule_look_fn rule_limit_reached;
rule_look_fn rule_capture_gap;
rule_look_fn rule_capture_truncated;
rule_look_fn rule_capture_midstream;
rule_look_fn rule_capture_one_sided;

#endif
