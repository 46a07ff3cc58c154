/*
 * What every command gets: its parsed options and operands, settings, database, clock, and the way
 * to print. Commands are rows of one table (commands.c); none has a parsing loop of its own.
 */
#ifndef APP_APP_H
#define APP_APP_H

#include <stdbool.h>
#include <stdint.h>
#include <sysexits.h>

#include "base/arena.h"
#include "base/conf.h"
#include "base/error.h"
#include "flow/ingest.h"
#include "flow/receipt.h"
#include "gate/db.h"
#include "gate/json.h"

enum option_kind {
	OPTION_FLAG,
	OPTION_TEXT,   /* valid UTF-8 */
	OPTION_PATH,   /* any bytes */
	OPTION_INT,
	OPTION_DAY,
	OPTION_TIME,
	OPTION_CHOICE, /* one of the words of `value` */
};

struct option {
	const char *name;  /* without dashes */
	enum option_kind kind;
	const char *value; /* name of its value in the help ("text|html" for a choice); NULL for a flag */
	const char *help;  /* one line */
};

struct option_value {
	const struct option *option;
	struct str text; /* as given */
	int64_t number;  /* OPTION_INT, OPTION_DAY, OPTION_TIME */
};

enum needs {
	NEEDS_NOTHING = 0,
	NEEDS_CONFIG = 1,
	NEEDS_DB_READ = 2 | NEEDS_CONFIG,
	NEEDS_DB_WRITE = 4 | NEEDS_CONFIG,
};

enum { OPERANDS_ANY = -1 };

struct app {
	struct arena arena; /* lives as long as the command */
	const struct command *command;
	struct option_value *options; /* as given, in order */
	size_t n_options;
	const char **operands;
	int n_operands;

	bool json, quiet;
	int64_t listed; /* by the callback of a list that is not held in memory */
	bool usage; /* what failed is how we were called: exit status EX_USAGE */
	int status; /* of a failure, where its kind says too little (reading(), writing()); 0: by its kind */
	int64_t now; /* UTC: --now, else the real clock at start */
	bool now_given;
	struct conf conf;
	const char *db_path, *conf_path; /* conf_path NULL: no file, defaults */
	struct db *db;                   /* open as the command needs it */
	struct progress progress;
};

struct command {
	const char *name;      /* "notice list": one or two words */
	int (*run)(struct app *app, struct error *err); /* exit status, or negative with `err` */
	enum needs needs;
	int min_operands, max_operands; /* OPERANDS_ANY */
	const char *operands;  /* for the help: "PROFILE NOTICE" */
	const char *summary;   /* one line */
	const struct option *options; /* ended by a row without a name */
};
extern const struct command commands[];
extern const size_t commands_n;

/* options: STR_NONE, false or `fallback` when not given */
bool app_flag(const struct app *app, const char *name);
struct str app_text(const struct app *app, const char *name);
int64_t app_number(const struct app *app, const char *name, int64_t fallback);
/* The next one of an option that may be repeated; *at starts at 0. STR_NONE: no more. */
struct str app_each(const struct app *app, const char *name, size_t *at);
static inline struct str app_operand(const struct app *app, int i) { return str_of(app->operands[i]); }

/* `return bad_usage(app, error_set(…))`: the call itself is wrong, not what it works on. */
static inline int bad_usage(struct app *app, int r)
{
	app->usage = true;
	return r;
}

/* `return reading(app, file_read(…), err)`: a file that was named cannot be read, EX_NOINPUT. */
static inline int reading(struct app *app, int r, const struct error *err)
{
	if (r < 0 && err->kind == ERROR_SYSTEM)
		app->status = EX_NOINPUT;
	return r;
}

/* The same for a file or folder that cannot be made: EX_CANTCREAT. */
static inline int writing(struct app *app, int r, const struct error *err)
{
	if (r < 0 && err->kind == ERROR_SYSTEM)
		app->status = EX_CANTCREAT;
	return r;
}

/* The exit status of sysexits.h for a failure. */
int app_status(const struct error *err);

/* Opens the database at app->db_path; main does it for commands that need one. */
int app_open(struct app *app, enum db_mode mode, struct error *err) MUST_CHECK;

/*
 * stop.c: SIGTERM and SIGINT set http_stop, so that fetching and delivery end between two items; the
 * other commands may be killed anywhere.
 */
void stop_on_signals(void);

/* settings.c */
extern const struct conf_row settings[];
extern const size_t settings_n;
int settings_load(struct app *app, const char *path, struct error *err) MUST_CHECK;

/* options.c: fills app from the command line; -EX_USAGE with one precise line in err, or 0. */
int options_parse(struct app *app, int argc, char **argv, struct error *err) MUST_CHECK;
void print_help(const struct app *app);

/* print.c: lines on standard output, which fails loudly when the disk is full or the pipe is gone */
struct json_writer *out_json(struct app *app); /* a fresh line; end it with out_json_end() */
void out_json_end(struct app *app);
void out_json_put(struct app *app); /* the same without a line end */
void out_line(const char *fmt, ...) PRINTF_LIKE(1, 2);
static inline const char *plural(size_t n) { return n == 1 ? "" : "s"; } /* "%zu file%s" */
/* All that prints texts puts blanks for control bytes and line ends. */
void out_str(struct str text);
void out_cell(struct str text, int width); /* cut or padded to `width` columns */
/* An id, which people copy and type again: padded and never cut. The columns it took, `width` at least. */
int out_id(struct str id, int width);
/* The last cell and the line end: cut at the edge of a terminal when `used` columns are taken, else whole. */
void out_last(struct str text, int used);
void out_text(struct str text, int indent, int width); /* wrapped at blanks */
int out_width(void); /* of the terminal, 80 when it is none */
int out_flush(struct error *err) MUST_CHECK;
void complain(const struct error *err); /* one line on standard error */
void note(const struct app *app, const char *fmt, ...) PRINTF_LIKE(2, 3); /* standard error, unless --quiet */
/*
 * The end of a list of `n`: that it is empty, `empty` says to people, who would wonder whether anything was
 * looked at. `r` is handed through.
 */
int list_end(const struct app *app, int r, int64_t n, const char *empty);
void progress_init(struct app *app); /* a bar on a terminal for what takes over a second */
void progress_end(struct app *app);

/* show.c: shapes that several commands print */
struct receipt;
struct notice;
struct report;
void show_receipt(struct app *app, const struct receipt *receipt);  /* `match --json`, or text */
void show_reasons(const struct receipt *receipt); /* one line each */
void show_notice_line(struct app *app, const struct notice *notice); /* one line of a list */
void show_notice_whole(struct app *app, const struct notice *notice); /* as text */
void show_report(struct app *app, const struct report *report);     /* `import --json`, or text */

#endif
