/* The commands, and what some of them share. */
#ifndef APP_COMMANDS_H
#define APP_COMMANDS_H

#include "app.h"
#include "base/date.h"
#include "base/money.h"

typedef int command_run(struct app *app, struct error *err);

/* keep alphabetized */
command_run cmd_audit_draw, cmd_audit_estimate, cmd_backup, cmd_codes_import, cmd_codes_list,
	cmd_config_show, cmd_digest_preview, cmd_digest_send, cmd_doctor, cmd_dossier_merge,
	cmd_dossier_show, cmd_dossier_split, cmd_explain, cmd_export, cmd_fetch, cmd_import,
	cmd_inbox_read, cmd_init, cmd_judgment_add, cmd_judgment_export, cmd_judgment_import,
	cmd_judgment_list, cmd_judgment_remove, cmd_match, cmd_notice_list, cmd_notice_search,
	cmd_notice_show, cmd_outbox_hold, cmd_outbox_list, cmd_outbox_release, cmd_outbox_retry,
	cmd_profile_add, cmd_profile_edit, cmd_profile_export, cmd_profile_feed, cmd_profile_import,
	cmd_profile_links, cmd_profile_list, cmd_profile_preview, cmd_profile_remove,
	cmd_profile_show, cmd_profile_try, cmd_quarantine_list, cmd_quarantine_retry, cmd_reparse,
	cmd_requirement_add, cmd_requirement_candidates, cmd_requirement_close,
	cmd_requirement_edit, cmd_requirement_import, cmd_requirement_list, cmd_requirement_log,
	cmd_requirement_publish, cmd_requirement_show, cmd_rules_activate, cmd_rules_backtest,
	cmd_rules_check, cmd_rules_diff, cmd_rules_export, cmd_rules_history, cmd_rules_import,
	cmd_rules_list, cmd_rules_rollback, cmd_rules_show, cmd_rules_test, cmd_rules_tune, cmd_run,
	cmd_serve, cmd_source_disable, cmd_source_enable, cmd_source_list, cmd_source_test,
	cmd_stats_coverage, cmd_stats_incidents, cmd_verify, cmd_webhook_add, cmd_webhook_enable,
	cmd_webhook_list, cmd_webhook_remove, cmd_webhook_send;

/* cmd_fetch.c */
struct fetch_settings;
struct fetch_settings fetch_settings_of(const struct app *app);
/* A client that behaves as the settings of fetching say. */
struct http *http_client(const struct app *app);
/* The sources named, or every one that is on; `tell` is called after each. 0 or an exit status. */
int fetch_all(struct app *app, void (*tell)(struct app *app, const struct report *report),
	struct error *err) MUST_CHECK;
/* Every operand names a source there is. */
int check_sources(struct app *app, struct error *err) MUST_CHECK;
struct str moment(struct app *app, int64_t at);     /* "2026-11-23T08:00:00+01:00", Paris; STR_NONE */
struct str day_text(struct app *app, day_t day);    /* "2026-11-23"; STR_NONE */

/* show_award.c */
struct dossier_award;
struct str amount_text(struct app *app, struct money amount); /* "12000.00 EUR"; STR_NONE: not known */
/* The amount as an object that is still open; false, and null put, when it is not known. */
bool open_amount(struct json_writer *w, const char *key, struct money amount);
void show_awards(struct app *app, const struct dossier_award *awards, size_t n);
void put_awards(struct app *app, struct json_writer *w, const struct dossier_award *awards, size_t n);

/* cmd_incidents.c: sources whose notices lack more than they used to; a warning for each */
struct drift;
int drift_now(struct app *app, struct drift **ret, size_t *ret_n, struct error *err) MUST_CHECK;
int drift_warn(struct app *app, struct error *err) MUST_CHECK;
/* Parts of notices that nothing reads, and which of them are new. */
struct drift_part;
int drift_parts_now(struct app *app, struct drift_part **ret, size_t *ret_n, struct error *err) MUST_CHECK;

/* rule_files.c: rules as files, and the active ones */
struct rule_problem;
struct rule_source;
struct rules;
struct rule_set {
	struct rule_source *files; /* `name` as messages tell it: the path, or "ruleset 3: x.rules" */
	size_t n;
	int64_t number;            /* of the stored ruleset; 0: from files */
};
enum { RULE_FILES_MAX = 1000, RULE_STREAM_MAX = 64 << 20 };
/* Every *.rules below the folders and every file named, in order. ERROR_INPUT when there is none. */
int rule_files_read(struct app *app, const char *const *paths, int n, struct rule_set *ret,
	struct error *err) MUST_CHECK;
/* The active ruleset; opens the database when that was not done. */
int rule_files_active(struct app *app, struct rule_set *ret, struct error *err) MUST_CHECK;
/* The stored ruleset of this number: ERROR_INPUT when there is none. */
int rule_files_stored(struct app *app, int64_t number, struct rule_set *ret, struct error *err) MUST_CHECK;
/* "43", a stored ruleset; else files and folders. */
int rule_files_named(struct app *app, const char *const *names, int n, struct rule_set *ret,
	struct error *err) MUST_CHECK;
/* Parses them; ERROR_INPUT with every problem in `problems`. */
int rule_files_parse(struct app *app, const struct rule_set *set, struct rule_problem **problems,
	size_t *n_problems, struct rules **ret, struct error *err) MUST_CHECK;
/*
 * The same, and what is asked of rules that somebody is about to activate (match/rules.h, rules_admit); where
 * there is a database, patterns of files that the active rules have not are tried on its notices. `tell`, if
 * not NULL, is called when nothing is wrong with them.
 */
struct dry_run;
typedef void rule_files_tried(struct app *app, const struct dry_run *run);
int rule_files_admit(struct app *app, const struct rule_set *set, rule_files_tried *tell,
	struct rule_problem **problems, size_t *n_problems, struct rules **ret, struct error *err)
	MUST_CHECK;

/*
 * The rules of --path, or those of the active ruleset, with its number; 0 for files. A positive result is
 * the exit status after problems were told.
 */
int rules_load(struct app *app, int64_t *ret_number, struct rules **ret, struct error *err) MUST_CHECK;
/* In a transaction of its own: the files, under their bare names, become a ruleset that is a draft. */
int rule_files_store(struct app *app, const struct rule_set *set, struct str author, struct str why,
	int64_t *ret_number, struct error *err) MUST_CHECK;
/*
 * In a transaction of its own: a stored ruleset, or the files, stored under their bare names, become the
 * active one. Fills the number and the instant of the activation.
 */
struct ruleset_activation;
int rule_files_activate(struct app *app, const struct rule_set *set,
	struct ruleset_activation *activation, struct error *err) MUST_CHECK;
/* The last part of a path. */
struct str bare_name(struct str path);

/* cmd_ruleset.c: --author, else the user who runs us */
struct str author_of(const struct app *app);

/* cmd_rules.c: every example of the rules; `show` prints those that fail */
struct rules_tested {
	size_t examples, failed;
};
int rules_test(struct app *app, const struct rules *rules, bool show, struct rules_tested *ret,
	struct error *err) MUST_CHECK;

/* cmd_backtest.c */
struct golden_case;
struct share;
/* "eau.fuites no longer fires on "…"" */
struct str golden_text(struct app *app, const struct golden_case *one);
void share_json(struct json_writer *w, const char *key, const struct share *share);
/* cmd_backtest_rules.c: which rules are of no use, what each costs; `all`: every one is shown */
struct rule_uses;
struct rules_diff;
void backtest_rules_show(const struct rule_uses *uses, const struct rules_diff *diff, bool all);
void backtest_rules_json(struct json_writer *w, const struct rule_uses *uses, const struct rules_diff *diff);
/* "12mo", "90d", "1y" or a day; `fallback` when it is not given */
int since_option(struct app *app, const char *name, const char *fallback, day_t *ret, struct error *err)
	MUST_CHECK;

/* cmd_notice.c: what `notice list`, `notice search` and `export` choose by */
struct notice_filter;
int notice_filter_of(struct app *app, struct notice_filter *filter, struct error *err) MUST_CHECK;

/* cmd_requirement.c: operand `i`, "SLUG" or "requirement:SLUG" */
struct notice;
struct requirement;
struct str requirement_id(struct app *app, int i);
int requirement_find(struct app *app, int i, struct notice *ret, struct error *err) MUST_CHECK;
/*
 * In an open transaction: a new one is registered, as a draft or open; one that was here is changed, and
 * stays open, closed or a draft. What was done is recorded. The outcome is STORE_NEW, STORE_UPDATED or
 * STORE_UNCHANGED.
 */
int requirement_store(struct app *app, struct requirement *q, bool draft, struct arena *arena,
	struct error *err) MUST_CHECK;
/* Where its buyer reads replies, and *ret_state: "open", "draft" or "closed". */
int requirement_state(struct app *app, struct str id, struct str *ret_email, const char **ret_state,
	struct error *err) MUST_CHECK;

/* elements.c: a JSON array or JSON Lines, element by element; one that fails is told in the report */
struct element {
	const struct json_value *value;
	struct str label; /* "profiles.json: element 3 (rosee-des-causses)" */
	struct arena *arena; /* for this element alone */
};
/* `take` returns a store outcome, or a failure: of the element, unless it is ERROR_STORE. */
int import_elements(struct app *app, const char *path, const char *source,
	int (*take)(struct app *app, const struct element *element, struct error *err),
	struct error *err) MUST_CHECK;

/* members.c: an option changes a member of what is edited; an empty value takes it away */
struct codes;
void app_take_text(struct app *app, const char *name, struct str *ret);
/* The list as a whole; one that was there is told. */
void app_take_list(struct app *app, const char *name, struct codes *ret);
/* --add-NAME and --remove-NAME leave the rest of the list alone. */
int app_change_list(struct app *app, const char *name, struct codes *ret, struct error *err) MUST_CHECK;

/* profile_options.c: what `profile add`, `edit` and `try` share */
struct profile;
/* Changes what an option names. */
int profile_take_options(struct app *app, struct profile *profile, struct error *err) MUST_CHECK;
/* E-mail and zone, which tender cannot check. */
int profile_check_gates(const struct profile *profile, struct error *err) MUST_CHECK;
/* Tells of fields of activity that the active rules do not know, and of words of which they pass over all, or all but one. */
int profile_warn(struct app *app, const struct profile *profile, struct str label, struct error *err) MUST_CHECK;
/*
 * store_profile_put(), and one that is new and not confirmed waits for it: its address is asked by mail
 * where there is a web interface to lead to. profile_prepare_asking() comes first, outside of transactions.
 */
int profile_prepare_asking(struct app *app, struct error *err) MUST_CHECK;
int profile_put(struct app *app, const struct profile *profile, struct error *err) MUST_CHECK;
/* cmd_profile_preview.c: tells of a flood that the profile would bring, and what to do about it */
int profile_warn_volume(struct app *app, const struct profile *profile, struct error *err) MUST_CHECK;
/* The same for many at once, at most PREVIEW_PROFILES_MAX. */
int profile_warn_volumes(struct app *app, const struct profile *const *profiles, size_t n,
	struct error *err) MUST_CHECK;

/* cmd_digest.c */
struct digest_settings;
struct smtp_options;
int digest_settings_of(struct app *app, struct digest_settings *ret, struct error *err) MUST_CHECK;
int smtp_options_of(struct app *app, struct smtp_options *ret, struct error *err) MUST_CHECK;
void smtp_options_wipe(struct smtp_options *options);
/* What came back into --maildir or mail.inbox; nothing is read where neither is given. */
struct inbox_count;
int read_inbox(struct app *app, struct inbox_count *ret, struct error *err) MUST_CHECK;

struct delivery_count;
/* What is due in the outbox, to --to-dir, --smtp or the relay of the settings. */
int deliver(struct app *app, int64_t now, struct delivery_count *ret, struct error *err) MUST_CHECK;

/* cmd_webhook.c: queues what is new, tells what is due */
struct webhook_count;
int webhooks_send(struct app *app, struct webhook_count *ret, struct error *err) MUST_CHECK;

/* main.c */
/* Into app->conf: --config, else appariteur.conf beside the database, else the system's, else defaults. */
int app_load_settings(struct app *app, struct error *err) MUST_CHECK;
struct str conf_path_beside(struct app *app, const char *db_path);

#endif
