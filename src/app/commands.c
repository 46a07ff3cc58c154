/* The one table of commands: what each takes, needs and is for. Help and completion follow from it. */
#include "commands.h"

#define OPTIONS_END { NULL, OPTION_FLAG, NULL, NULL }

static const struct option none[] = { OPTIONS_END };

static const struct option of_codes_import[] = {
	{ "language", OPTION_CHOICE, "fr|en", "of the words, where the file does not say" },
	{ "list", OPTION_TEXT, "NAME", "which list it is, where the file does not say, like cpv" },
	OPTIONS_END,
};

static const struct option of_digest_preview[] = {
	{ "format", OPTION_CHOICE, "text|html|eml", "text by default" },
	OPTIONS_END,
};

static const struct option of_digest_send[] = {
	{ "dry-run", OPTION_FLAG, NULL, "say what would be composed and change nothing" },
	{ "smtp", OPTION_TEXT, "URL", "relay, instead of the one of the settings" },
	{ "to-dir", OPTION_PATH, "DIR", "write .eml files into DIR instead" },
	OPTIONS_END,
};

static const struct option of_doctor[] = {
	{ "network", OPTION_FLAG, NULL, "try the relay too" },
	OPTIONS_END,
};

static const struct option of_explain[] = {
	{ "no-gates", OPTION_FLAG, NULL, "leave out place, nature, amount, kind, deadline" },
	OPTIONS_END,
};

static const struct option of_days[] = {
	{ "since", OPTION_DAY, "DAY", "from this day" },
	{ "until", OPTION_DAY, "DAY", "up to this day" },
	OPTIONS_END,
};

static const struct option of_init[] = {
	{ "rules", OPTION_PATH, "DIR", "rules to begin with, instead of the shipped ones" },
	OPTIONS_END,
};

static const struct option of_judgment_add[] = {
	{ "golden", OPTION_FLAG, NULL, "no ruleset may get this one wrong unnoticed" },
	{ "note", OPTION_TEXT, "TEXT", "why, in free words" },
	{ "reader", OPTION_FLAG, NULL, "said by the reader, not by an administrator" },
	{ "reason", OPTION_TEXT, "REASON", "other-trade, other-meaning, minor-part, place, …" },
	OPTIONS_END,
};

static const struct option of_judgment_import[] = {
	{ "complete", OPTION_PATH, "FILE", "notices read whole: what is not listed is not relevant" },
	{ "golden", OPTION_FLAG, NULL, "all of them are golden" },
	OPTIONS_END,
};

static const struct option of_judgment_list[] = {
	{ "golden", OPTION_FLAG, NULL, "only the golden ones" },
	{ "notice", OPTION_TEXT, "NOTICE", "of this one alone" },
	{ "profile", OPTION_TEXT, "PROFILE", "of this one alone" },
	OPTIONS_END,
};

static const struct option of_match[] = {
	{ "all", OPTION_FLAG, NULL, "print every current match, not only the new ones" },
	{ "no-gates", OPTION_FLAG, NULL, "compare without gates; nothing is stored" },
	{ "since", OPTION_DAY, "DAY", "only notices published from this day" },
	OPTIONS_END,
};

static const struct option of_export[] = {
	{ "all", OPTION_FLAG, NULL, "past deadlines, results and cancellations too" },
	{ "cpv", OPTION_TEXT, "CODE", "a CPV branch, like 72 or 72212" },
	{ "dossier", OPTION_TEXT, "KEY", "all notices of one purchase" },
	{ "format", OPTION_CHOICE, "csv|ocds", "a table, by default, or an OCDS release package" },
	{ "kind", OPTION_TEXT, "KIND", "planning, competition, result, change, …" },
	{ "limit", OPTION_INT, "N", "at most so many" },
	{ "place", OPTION_TEXT, "PLACE", "a department or a NUTS code, like 48 or FRJ" },
	{ "since", OPTION_DAY, "DAY", "published from this day" },
	{ "source", OPTION_TEXT, "SOURCE", "boamp, ted or requirement" },
	{ "until", OPTION_DAY, "DAY", "published up to this day" },
	OPTIONS_END,
};

static const struct option of_notice_list[] = {
	{ "all", OPTION_FLAG, NULL, "past deadlines, results and cancellations too" },
	{ "cpv", OPTION_TEXT, "CODE", "a CPV branch, like 72 or 72212" },
	{ "dossier", OPTION_TEXT, "KEY", "all notices of one purchase" },
	{ "full", OPTION_FLAG, NULL, "with --json: everything that is known" },
	{ "kind", OPTION_TEXT, "KIND", "planning, competition, result, change, …" },
	{ "limit", OPTION_INT, "N", "at most so many" },
	{ "place", OPTION_TEXT, "PLACE", "a department or a NUTS code, like 48 or FRJ" },
	{ "since", OPTION_DAY, "DAY", "published from this day" },
	{ "source", OPTION_TEXT, "SOURCE", "boamp, ted or requirement" },
	{ "until", OPTION_DAY, "DAY", "published up to this day" },
	OPTIONS_END,
};

static const struct option of_notice_show[] = {
	{ "full", OPTION_FLAG, NULL, "with --json: everything that is known" },
	OPTIONS_END,
};

static const struct option of_inbox_read[] = {
	{ "maildir", OPTION_PATH, "DIR", "where letters arrive, instead of mail.inbox" },
	OPTIONS_END,
};

static const struct option of_outbox_list[] = {
	{ "all", OPTION_FLAG, NULL, "what was sent too" },
	OPTIONS_END,
};

/* What a profile is made of, for the commands that make, change or try one. */
#define PROFILE_WANTS                                                                              \
	{ "cpv", OPTION_TEXT, "CODE", "a CPV branch it works in, like 72212; repeat" },            \
	{ "exclude", OPTION_TEXT, "WORDS", "words that rule a purchase out; repeat" },             \
	{ "field", OPTION_TEXT, "SLUG", "a field of activity; repeat" },                           \
	{ "keyword", OPTION_TEXT, "WORDS", "words it looks for; repeat" },                         \
	{ "max", OPTION_TEXT, "AMOUNT", "largest purchase, euros" },                               \
	{ "min", OPTION_TEXT, "AMOUNT", "smallest purchase, euros" },                              \
	{ "nature", OPTION_CHOICE, "services|supplies|works", "repeat" },                          \
	{ "place", OPTION_TEXT, "PLACE", "a department or a NUTS code, like 48 or FRJ; repeat" }

#define PROFILE_IS                                                                                 \
	{ "cadence", OPTION_CHOICE, "daily|weekly|instant|off", "how often to write" },            \
	{ "description", OPTION_TEXT, "TEXT", "what it sells, in its own words" },                 \
	{ "effort", OPTION_INT, "DAYS", "working days it needs to answer" },                       \
	{ "email", OPTION_TEXT, "ADDRESS", "where digests go" },                                   \
	{ "hour", OPTION_TEXT, "HH:MM", "at which digests are due in its zone" },                  \
	{ "language", OPTION_CHOICE, "fr|en", "of its digests" },                                  \
	{ "name", OPTION_TEXT, "NAME", "of the start-up" },                                        \
	{ "quiet-days", OPTION_TEXT, "DAYS", "days without mail: weekends, holidays, 2026-12-24" }, \
	{ "reminders", OPTION_TEXT, "DAYS", "before a deadline, like \"7 2\"; empty: none" },      \
	{ "siren", OPTION_TEXT, "SIREN", "nine digits" },                                          \
	{ "timezone", OPTION_TEXT, "ZONE", "of the reader, like Europe/Paris" }

static const struct option of_profile_add[] = {
	{ "id", OPTION_TEXT, "SLUG", "short name; made from --name when not given" },
	{ "pending", OPTION_FLAG, NULL, "its address is not confirmed yet" },
	PROFILE_IS,
	PROFILE_WANTS,
	OPTIONS_END,
};

static const struct option of_profile_edit[] = {
	{ "add-cpv", OPTION_TEXT, "CODE", "one more; repeat" },
	{ "add-exclude", OPTION_TEXT, "WORDS", "one more; repeat" },
	{ "add-field", OPTION_TEXT, "SLUG", "one more; repeat" },
	{ "add-keyword", OPTION_TEXT, "WORDS", "one more; repeat" },
	{ "add-place", OPTION_TEXT, "PLACE", "one more; repeat" },
	{ "remove-cpv", OPTION_TEXT, "CODE", "one less; repeat" },
	{ "remove-exclude", OPTION_TEXT, "WORDS", "one less; repeat" },
	{ "remove-field", OPTION_TEXT, "SLUG", "one less; repeat" },
	{ "remove-keyword", OPTION_TEXT, "WORDS", "one less; repeat" },
	{ "remove-place", OPTION_TEXT, "PLACE", "one less; repeat" },
	PROFILE_IS,
	PROFILE_WANTS,
	OPTIONS_END,
};

static const struct option of_profile_feed[] = {
	{ "format", OPTION_CHOICE, "atom|json|ics", "default atom" },
	OPTIONS_END,
};

static const struct option of_profile_links[] = {
	{ "renew", OPTION_FLAG, NULL, "the links of feeds given so far open nothing any more" },
	OPTIONS_END,
};

static const struct option of_profile_import[] = {
	{ "pending", OPTION_FLAG, NULL, "their addresses are not confirmed yet" },
	OPTIONS_END,
};

static const struct option of_profile_preview[] = {
	{ "examples", OPTION_INT, "N", "at most so many of each kind, default 5" },
	OPTIONS_END,
};

static const struct option of_profile_try[] = {
	{ "limit", OPTION_INT, "N", "at most so many open purchases, default 20" },
	{ "text", OPTION_TEXT, "TEXT", "what the start-up sells, in its own words" },
	PROFILE_WANTS,
	OPTIONS_END,
};

static const struct option of_quarantine_retry[] = {
	{ "all", OPTION_FLAG, NULL, "also what this very reader has refused" },
	OPTIONS_END,
};

#define REQUIREMENT_IS                                                                             \
	{ "amount", OPTION_TEXT, "AMOUNT", "estimated, euros" },                                   \
	{ "buyer", OPTION_TEXT, "NAME", "who buys" },                                              \
	{ "city", OPTION_TEXT, "CITY", "of the buyer" },                                           \
	{ "cpv", OPTION_TEXT, "CODE", "a CPV code; repeat" },                                      \
	{ "deadline", OPTION_TEXT, "TIME", "for replies, like 2026-12-18T17:00:00+01:00" },        \
	{ "department", OPTION_TEXT, "CODE", "of the buyer, like 48" },                            \
	{ "description", OPTION_TEXT, "TEXT", "the need, in plain words" },                        \
	{ "email", OPTION_TEXT, "ADDRESS", "where the buyer reads replies" },                      \
	{ "nature", OPTION_CHOICE, "services|supplies|works", "what is bought" },                  \
	{ "place", OPTION_TEXT, "PLACE", "where, a department or a NUTS code; repeat" },           \
	{ "siret", OPTION_TEXT, "SIRET", "of the buyer" },                                         \
	{ "title", OPTION_TEXT, "TEXT", "one line" }

static const struct option of_requirement_add[] = {
	{ "draft", OPTION_FLAG, NULL, "told to nobody before requirement publish" },
	{ "id", OPTION_TEXT, "SLUG", "short name; made from --title when not given" },
	REQUIREMENT_IS,
	OPTIONS_END,
};

static const struct option of_requirement_edit[] = {
	REQUIREMENT_IS,
	OPTIONS_END,
};

static const struct option of_requirement_import[] = {
	{ "draft", OPTION_FLAG, NULL, "new ones are told to nobody before requirement publish" },
	OPTIONS_END,
};

static const struct option of_requirement_candidates[] = {
	{ "near", OPTION_FLAG, NULL, "then those who reach half of the threshold" },
	{ "no-gates", OPTION_FLAG, NULL, "leave out place, nature, amount, deadline" },
	{ "waterfall", OPTION_FLAG, NULL, "how many each clause costs, and where they work" },
	OPTIONS_END,
};

static const struct option of_requirement_list[] = {
	{ "all", OPTION_FLAG, NULL, "drafts and closed ones too" },
	OPTIONS_END,
};

static const struct option of_rules_activate[] = {
	{ "author", OPTION_TEXT, "NAME", "who decided, default the user" },
	{ "no-match", OPTION_FLAG, NULL, "do not compare the open notices anew at once" },
	{ "why", OPTION_TEXT, "TEXT", "the reason, kept with the ruleset" },
	OPTIONS_END,
};

static const struct option of_rules_backtest[] = {
	{ "against", OPTION_INT, "N", "compare with this ruleset, not the active one" },
	{ "by", OPTION_CHOICE, "profile|department|field", "whom the changes are counted for" },
	{ "examples", OPTION_INT, "N", "at most so many matches of each kind, default 5" },
	{ "rules", OPTION_FLAG, NULL, "try every rule on all notices, and list them all" },
	{ "since", OPTION_TEXT, "TIME", "12mo, 90d, 1y or a day; default 12mo" },
	{ "until", OPTION_DAY, "DAY", "published up to this day" },
	OPTIONS_END,
};

static const struct option of_rules_export[] = {
	{ "ruleset", OPTION_INT, "N", "this one instead of the active one" },
	OPTIONS_END,
};

static const struct option of_rules_import[] = {
	{ "author", OPTION_TEXT, "NAME", "who wrote them, default the user" },
	{ "why", OPTION_TEXT, "TEXT", "what they are for, kept with the ruleset" },
	OPTIONS_END,
};

static const struct option of_rules_show[] = {
	{ "hits", OPTION_FLAG, NULL, "also on which words of current matches it fired" },
	{ "path", OPTION_PATH, "PATH", "rules of this file or folder, not the active ones" },
	OPTIONS_END,
};

static const struct option of_rules_path[] = {
	{ "path", OPTION_PATH, "PATH", "rules of this file or folder, not the active ones" },
	OPTIONS_END,
};

static const struct option of_rules_tune[] = {
	{ "lambda", OPTION_TEXT, "NUMBER", "the larger, the slower weights change, default 1" },
	{ "since", OPTION_TEXT, "TIME", "cards counted from then: 12mo (default), 90d, a day" },
	{ "write", OPTION_PATH, "DIR", "write the proposed weights into DIR as a draft" },
	OPTIONS_END,
};

static const struct option of_run[] = {
	{ "once", OPTION_FLAG, NULL, "one cycle now, then end" },
	{ "to-dir", OPTION_PATH, "DIR", "write .eml files into DIR instead of sending" },
	OPTIONS_END,
};

static const struct option of_serve[] = {
	{ "listen", OPTION_TEXT, "PLACE", "127.0.0.1:8080, [::1]:8080, unix:/path" },
	OPTIONS_END,
};

static const struct option of_stats_coverage[] = {
	{ "since", OPTION_DAY, "DAY", "from this day, default a fortnight ago" },
	{ "source", OPTION_TEXT, "SOURCE", "this one alone" },
	{ "until", OPTION_DAY, "DAY", "up to this day, default today" },
	OPTIONS_END,
};

static const struct option of_webhook_add[] = {
	{ "shape", OPTION_CHOICE, "standard|chat", "Standard Webhooks, or a line for Mattermost, Slack" },
	OPTIONS_END,
};

static const struct option of_audit_draw[] = {
	{ "pairs", OPTION_INT, "N", "how many to judge, default 60" },
	{ "seed", OPTION_INT, "N", "the same seed draws the same pairs, default 1" },
	{ "since", OPTION_TEXT, "TIME", "of notices from then: 12mo (default), 90d, a day" },
	OPTIONS_END,
};

/* keep alphabetized */
const struct command commands[] = {
	{ "audit draw", cmd_audit_draw, NEEDS_DB_WRITE, 0, 0, "",
		"Pairs to be judged, also from below the threshold", of_audit_draw },
	{ "audit estimate", cmd_audit_estimate, NEEDS_DB_READ, 0, 0, "",
		"What the answers say of what is missed", none },
	{ "backup", cmd_backup, NEEDS_DB_READ, 1, 1, "FILE",
		"Copy the database into FILE while it is in use", none },
	{ "codes import", cmd_codes_import, NEEDS_DB_WRITE, 1, OPERANDS_ANY, "FILE|URL…",
		"Words for codes: Genericode, eForms labels, CSV", of_codes_import },
	{ "codes list", cmd_codes_list, NEEDS_DB_READ, 0, 0, "",
		"Code lists that have words", none },
	{ "config show", cmd_config_show, NEEDS_CONFIG, 0, 0, "",
		"Every setting, its value and where it comes from", none },
	{ "digest preview", cmd_digest_preview, NEEDS_DB_WRITE, 1, 1, "PROFILE",
		"What a start-up would get now; nothing is sent", of_digest_preview },
	{ "digest send", cmd_digest_send, NEEDS_DB_WRITE, 0, 0, "",
		"Compose what is due and deliver it", of_digest_send },
	{ "doctor", cmd_doctor, NEEDS_NOTHING, 0, 0, "",
		"Check database, settings, rules, sources, disk", of_doctor },
	{ "dossier merge", cmd_dossier_merge, NEEDS_DB_WRITE, 2, 2, "DOSSIER DOSSIER",
		"These two are one purchase", none },
	{ "dossier show", cmd_dossier_show, NEEDS_DB_READ, 1, OPERANDS_ANY, "DOSSIER…",
		"A purchase: its notices and what each changed", none },
	{ "dossier split", cmd_dossier_split, NEEDS_DB_WRITE, 1, 1, "NOTICE",
		"This notice is of another purchase than the rest", none },
	{ "explain", cmd_explain, NEEDS_DB_READ, 2, 2, "PROFILE NOTICE",
		"Why a notice fits a start-up, or why not", of_explain },
	{ "export", cmd_export, NEEDS_DB_READ, 0, 0, "",
		"Notices as CSV, or as an OCDS release package", of_export },
	{ "fetch", cmd_fetch, NEEDS_DB_WRITE, 0, OPERANDS_ANY, "[SOURCE…]",
		"Pull what is new from each source", of_days },
	{ "import", cmd_import, NEEDS_DB_WRITE, 1, OPERANDS_ANY, "PATH…",
		"Read notices from files, folders, archives or -", none },
	{ "inbox read", cmd_inbox_read, NEEDS_DB_WRITE, 0, 0, "",
		"Read what came back by mail: refusals, answers", of_inbox_read },
	{ "init", cmd_init, NEEDS_NOTHING, 0, 1, "[DIR]",
		"Create database, settings and the first ruleset", of_init },
	{ "judgment add", cmd_judgment_add, NEEDS_DB_WRITE, 3, 3, "PROFILE NOTICE GRADE",
		"Keep what somebody said: 2 relevant, 1 adjacent, 0 not", of_judgment_add },
	{ "judgment export", cmd_judgment_export, NEEDS_DB_READ, 0, 0, "",
		"Judgments as lines parted by tabs", of_judgment_list },
	{ "judgment import", cmd_judgment_import, NEEDS_DB_WRITE, 1, 1, "FILE",
		"Keep judgments from lines PROFILE NOTICE GRADE", of_judgment_import },
	{ "judgment list", cmd_judgment_list, NEEDS_DB_READ, 0, 0, "",
		"What people said of notices", of_judgment_list },
	{ "judgment remove", cmd_judgment_remove, NEEDS_DB_WRITE, 2, 2, "PROFILE NOTICE",
		"Take a judgment back", none },
	{ "match", cmd_match, NEEDS_DB_WRITE, 0, 0, "",
		"Match what is new and print the new matches", of_match },
	{ "notice list", cmd_notice_list, NEEDS_DB_READ, 0, 0, "",
		"Open notices, newest first", of_notice_list },
	{ "notice search", cmd_notice_search, NEEDS_DB_READ, 0, OPERANDS_ANY, "[WORDS…]",
		"Open notices with these words", of_notice_list },
	{ "notice show", cmd_notice_show, NEEDS_DB_READ, 1, OPERANDS_ANY, "NOTICE…",
		"All that is known of a notice", of_notice_show },
	{ "outbox hold", cmd_outbox_hold, NEEDS_DB_WRITE, 1, OPERANDS_ANY, "ID…",
		"Keep a message back", none },
	{ "outbox list", cmd_outbox_list, NEEDS_DB_READ, 0, 0, "",
		"Messages that wait or failed", of_outbox_list },
	{ "outbox release", cmd_outbox_release, NEEDS_DB_WRITE, 1, OPERANDS_ANY, "ID…",
		"Let a message go that was kept back", none },
	{ "outbox retry", cmd_outbox_retry, NEEDS_DB_WRITE, 1, OPERANDS_ANY, "ID…",
		"Try a message again that failed", none },
	{ "profile add", cmd_profile_add, NEEDS_DB_WRITE, 0, 0, "",
		"Register a start-up by options", of_profile_add },
	{ "profile edit", cmd_profile_edit, NEEDS_DB_WRITE, 1, 1, "PROFILE",
		"Change what is named, leave the rest", of_profile_edit },
	{ "profile export", cmd_profile_export, NEEDS_DB_READ, 0, OPERANDS_ANY, "[PROFILE…]",
		"Profiles as the JSON that import takes", none },
	{ "profile feed", cmd_profile_feed, NEEDS_DB_WRITE, 1, 1, "PROFILE",
		"What fits a start-up as Atom, JSON Feed or iCalendar", of_profile_feed },
	{ "profile import", cmd_profile_import, NEEDS_DB_WRITE, 1, 1, "FILE",
		"Register start-ups from JSON, - for standard input", of_profile_import },
	{ "profile links", cmd_profile_links, NEEDS_DB_WRITE, 1, 1, "PROFILE",
		"Its secret links: preferences, feeds, unsubscribing", of_profile_links },
	{ "profile list", cmd_profile_list, NEEDS_DB_READ, 0, 0, "",
		"Registered start-ups", none },
	{ "profile preview", cmd_profile_preview, NEEDS_DB_WRITE, 1, 1, "PROFILE | FILE",
		"How much a profile would bring, near misses, warnings", of_profile_preview },
	{ "profile remove", cmd_profile_remove, NEEDS_DB_WRITE, 1, OPERANDS_ANY, "PROFILE…",
		"Forget start-ups and their matches", none },
	{ "profile show", cmd_profile_show, NEEDS_DB_READ, 1, OPERANDS_ANY, "PROFILE…",
		"All that is known of a start-up", none },
	{ "profile try", cmd_profile_try, NEEDS_DB_READ, 0, 1, "[PROFILE]",
		"What words would bring, without an account", of_profile_try },
	{ "quarantine list", cmd_quarantine_list, NEEDS_DB_READ, 0, 0, "",
		"Items that could not be read, and why", none },
	{ "quarantine retry", cmd_quarantine_retry, NEEDS_DB_WRITE, 0, 0, "",
		"Read them again", of_quarantine_retry },
	{ "reparse", cmd_reparse, NEEDS_DB_WRITE, 0, 0, "",
		"Read all notices again from the bytes they came in", none },
	{ "requirement add", cmd_requirement_add, NEEDS_DB_WRITE, 0, 0, "",
		"Register a buyer's requirement by options", of_requirement_add },
	{ "requirement candidates", cmd_requirement_candidates, NEEDS_DB_READ, 1, 1, "REQUIREMENT",
		"Start-ups that match it, with reasons", of_requirement_candidates },
	{ "requirement close", cmd_requirement_close, NEEDS_DB_WRITE, 1, OPERANDS_ANY, "REQUIREMENT…",
		"End a requirement: nobody is told any more", none },
	{ "requirement edit", cmd_requirement_edit, NEEDS_DB_WRITE, 1, 1, "REQUIREMENT",
		"Change what is named, leave the rest", of_requirement_edit },
	{ "requirement import", cmd_requirement_import, NEEDS_DB_WRITE, 1, 1, "FILE",
		"Register requirements from JSON, - for standard input", of_requirement_import },
	{ "requirement list", cmd_requirement_list, NEEDS_DB_READ, 0, 0, "",
		"Requirements that are open", of_requirement_list },
	{ "requirement log", cmd_requirement_log, NEEDS_DB_READ, 1, 1, "REQUIREMENT",
		"What was done with it, who was told, what they said", none },
	{ "requirement publish", cmd_requirement_publish, NEEDS_DB_WRITE, 1, OPERANDS_ANY, "REQUIREMENT…",
		"Open a draft, or a closed requirement again", none },
	{ "requirement show", cmd_requirement_show, NEEDS_DB_READ, 1, OPERANDS_ANY, "REQUIREMENT…",
		"All that is known of a requirement", none },
	{ "rules activate", cmd_rules_activate, NEEDS_DB_WRITE, 1, OPERANDS_ANY, "PATH… | N",
		"Make these rules, or a stored draft, the active ruleset", of_rules_activate },
	{ "rules backtest", cmd_rules_backtest, NEEDS_DB_WRITE, 1, OPERANDS_ANY, "PATH… | N",
		"What a draft would have changed in a year", of_rules_backtest },
	{ "rules check", cmd_rules_check, NEEDS_NOTHING, 0, OPERANDS_ANY, "[PATH…]",
		"Find every mistake in rule files", none },
	{ "rules diff", cmd_rules_diff, NEEDS_DB_READ, 1, 2, "[RULESET] RULESET",
		"Rules added, removed and changed between two", none },
	{ "rules export", cmd_rules_export, NEEDS_DB_READ, 1, 1, "DIR",
		"Write the active rules as files into DIR, or to -", of_rules_export },
	{ "rules history", cmd_rules_history, NEEDS_DB_READ, 0, 0, "",
		"Rulesets, who activated them and why", none },
	{ "rules import", cmd_rules_import, NEEDS_DB_WRITE, 1, OPERANDS_ANY, "PATH…",
		"Store rules as a draft with a number of its own", of_rules_import },
	{ "rules list", cmd_rules_list, NEEDS_NOTHING, 0, 0, "",
		"Rules with their weights and owners", of_rules_path },
	{ "rules rollback", cmd_rules_rollback, NEEDS_DB_WRITE, 0, 1, "[N]",
		"Make an earlier ruleset the active one again", of_rules_activate },
	{ "rules show", cmd_rules_show, NEEDS_NOTHING, 1, OPERANDS_ANY, "RULE…",
		"A rule as it was written", of_rules_show },
	{ "rules test", cmd_rules_test, NEEDS_NOTHING, 0, OPERANDS_ANY, "[PATH…]",
		"Try every example that stands in the rules", none },
	{ "rules tune", cmd_rules_tune, NEEDS_DB_WRITE, 0, OPERANDS_ANY, "[PATH… | N]",
		"Propose weights and words, from what people judged", of_rules_tune },
	{ "run", cmd_run, NEEDS_DB_WRITE, 0, 0, "",
		"Fetch, match and deliver at their times, until SIGTERM", of_run },
	{ "serve", cmd_serve, NEEDS_DB_WRITE, 0, 0, "",
		"The web interface, until SIGTERM", of_serve },
	{ "source disable", cmd_source_disable, NEEDS_DB_WRITE, 1, OPERANDS_ANY, "SOURCE…",
		"Leave a source out of fetching", none },
	{ "source enable", cmd_source_enable, NEEDS_DB_WRITE, 1, OPERANDS_ANY, "SOURCE…",
		"Fetch from a source", none },
	{ "source list", cmd_source_list, NEEDS_DB_WRITE, 0, 0, "",
		"Sources, their last run and their errors", none },
	{ "source test", cmd_source_test, NEEDS_CONFIG, 1, OPERANDS_ANY, "SOURCE…",
		"One small request, and what was answered", none },
	{ "stats coverage", cmd_stats_coverage, NEEDS_DB_READ, 0, 0, "",
		"What each source announced and what is here", of_stats_coverage },
	{ "stats incidents", cmd_stats_incidents, NEEDS_DB_READ, 0, 0, "",
		"Gaps from their begin to their end, drift of formats", of_stats_coverage },
	{ "verify", cmd_verify, NEEDS_DB_READ, 1, 2, "FILE | PROFILE NOTICE",
		"Recompute receipts and compare them", none },
	{ "webhook add", cmd_webhook_add, NEEDS_DB_WRITE, 2, 2, "PROFILE URL",
		"Tell a programme what fits a start-up", of_webhook_add },
	{ "webhook enable", cmd_webhook_enable, NEEDS_DB_WRITE, 1, OPERANDS_ANY, "ID…",
		"Switch a webhook on again", none },
	{ "webhook list", cmd_webhook_list, NEEDS_DB_READ, 0, 1, "[PROFILE]",
		"Webhooks and how they fare", none },
	{ "webhook remove", cmd_webhook_remove, NEEDS_DB_WRITE, 1, OPERANDS_ANY, "ID…",
		"Tell a programme nothing more", none },
	{ "webhook send", cmd_webhook_send, NEEDS_DB_WRITE, 0, 0, "",
		"Tell webhooks what is new and what is due", none },
};
const size_t commands_n = LENGTH(commands);
