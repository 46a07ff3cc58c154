#include <stdio.h>
#include <string.h>

#include "app.h"
#include "base/date.h"
#include "base/log.h"

/* Every command takes these, anywhere on the line. */
static const struct option common[] = {
	{ "config", OPTION_PATH, "FILE", "settings instead of appariteur.conf beside the database" },
	{ "db", OPTION_PATH, "FILE", "database, default $APPARITEUR_DB or ./appariteur.db" },
	{ "help", OPTION_FLAG, NULL, "this text" },
	{ "json", OPTION_FLAG, NULL, "JSON Lines with stable keys" },
	{ "now", OPTION_TIME, "TIME", "pretend it is this moment (RFC 3339)" },
	{ "quiet", OPTION_FLAG, NULL, "no messages but errors" },
	{ "verbose", OPTION_FLAG, NULL, "log what is done" },
	{ "version", OPTION_FLAG, NULL, "version of the programme" },
	{ NULL, OPTION_FLAG, NULL, NULL },
};

static const struct option *find_option(const struct option *options, struct str name)
{
	for (; options != NULL && options->name != NULL; options++)
		if (str_eqz(name, options->name))
			return options;
	return NULL;
}

static const struct command *find_command(struct str first, struct str second, bool *ret_two)
{
	for (size_t i = 0; i < commands_n; i++) {
		struct str rest = str_of(commands[i].name), word = STR_NONE;

		str_cut(&rest, ' ', &word);
		if (!str_eq(word, first))
			continue;
		*ret_two = str_given(rest);
		if (!str_given(rest) || (str_given(second) && str_eq(rest, second)))
			return &commands[i];
	}
	return NULL;
}

/* "notice" alone, or with an unknown second word: say which there are. */
static int unknown_command(struct str first, struct str second, struct error *err)
{
	char known[300] = "";
	size_t used = 0;

	for (size_t i = 0; i < commands_n; i++) {
		struct str rest = str_of(commands[i].name), word = STR_NONE;

		str_cut(&rest, ' ', &word);
		if (!str_eq(word, first) || used + rest.len + 3 >= sizeof(known))
			continue;
		used += (size_t)snprintf(known + used, sizeof(known) - used, "%s%.*s", used ? ", " : "",
			STR_ARG(rest));
	}
	if (used == 0)
		return error_set(err, ERROR_CONFIG, "no command \"%.*s\"; see appariteur --help",
			STR_ARG(first));
	if (!str_given(second))
		return error_set(err, ERROR_CONFIG, "%.*s what? One of %s", STR_ARG(first), known);
	return error_set(err, ERROR_CONFIG, "no command \"%.*s %.*s\"; one of %s", STR_ARG(first),
		STR_ARG(second), known);
}

static bool is_choice(const char *choices, struct str text)
{
	struct str rest = str_of(choices), one;

	while (str_cut(&rest, '|', &one))
		if (str_eq(one, text))
			return true;
	return false;
}

static int read_value(struct option_value *value, struct error *err)
{
	const char *name = value->option->name;

	switch (value->option->kind) {
	case OPTION_INT:
		if (!str_to_int64(value->text, &value->number))
			return error_set(err, ERROR_CONFIG, "--%s takes a whole number, not \"%.*s\"", name,
				STR_ARG(value->text));
		break;
	case OPTION_DAY:
		value->number = day_parse(value->text);
		if (value->number == DAY_NONE)
			return error_set(err, ERROR_CONFIG, "--%s takes a day like 2026-11-23, not \"%.*s\"",
				name, STR_ARG(value->text));
		break;
	case OPTION_TIME:
		value->number = time_parse(value->text);
		if (value->number == TIME_NONE)
			return error_set(err, ERROR_CONFIG,
				"--%s takes a time like 2026-11-23T08:00:00+01:00, not \"%.*s\"", name,
				STR_ARG(value->text));
		break;
	case OPTION_CHOICE:
		if (!is_choice(value->option->value, value->text))
			return error_set(err, ERROR_CONFIG, "--%s takes %s, not \"%.*s\"", name,
				value->option->value, STR_ARG(value->text));
		break;
	case OPTION_TEXT:
		if (!str_utf8_valid(value->text))
			return error_set(err, ERROR_CONFIG, "--%s: not valid UTF-8", name);
		break;
	case OPTION_FLAG:
	case OPTION_PATH:
		break;
	}
	return 0;
}

struct command_line {
	int argc, at;
	char **argv;
	bool only_operands; /* after "--" */
};

/* --name, --name=value or --name value */
static int take_option(struct app *app, struct command_line *line, struct error *err)
{
	struct str rest = str_of(line->argv[line->at] + 2), name = STR_NONE;
	struct option_value value = { .text = STR("") };

	str_cut(&rest, '=', &name);
	value.option = find_option(common, name);
	if (value.option == NULL && app->command == NULL)
		return error_set(err, ERROR_CONFIG, "no option --%.*s before a command", STR_ARG(name));
	if (value.option == NULL)
		value.option = find_option(app->command->options, name);
	if (value.option == NULL)
		return error_set(err, ERROR_CONFIG, "%s has no option --%.*s; see appariteur %s --help",
			app->command->name, STR_ARG(name), app->command->name);
	if (value.option->kind == OPTION_FLAG && str_given(rest))
		return error_set(err, ERROR_CONFIG, "--%s takes no value", value.option->name);
	if (value.option->kind != OPTION_FLAG) {
		if (!str_given(rest) && line->at + 1 < line->argc)
			rest = str_of(line->argv[++line->at]);
		if (!str_given(rest))
			return error_set(err, ERROR_CONFIG, "--%s needs a value: %s", value.option->name,
				value.option->value);
		value.text = rest;
	}
	app->options[app->n_options++] = value;
	return read_value(&app->options[app->n_options - 1], err);
}

static int take_all(struct app *app, struct command_line *line, struct error *err)
{
	for (; line->at < line->argc; line->at++) {
		const char *arg = line->argv[line->at];
		int r;

		if (!line->only_operands && strcmp(arg, "--") == 0) {
			line->only_operands = true;
		} else if (!line->only_operands && strncmp(arg, "--", 2) == 0) {
			r = take_option(app, line, err);
			if (r < 0)
				return r;
		} else if (!line->only_operands && arg[0] == '-' && arg[1] != '\0') {
			return error_set(err, ERROR_CONFIG, "no option %s; options begin with two dashes", arg);
		} else {
			app->operands[app->n_operands++] = arg;
		}
	}
	return 0;
}

static int check_operands(const struct app *app, struct error *err)
{
	const struct command *command = app->command;

	if (app->n_operands < command->min_operands)
		return error_set(err, ERROR_CONFIG, "%s needs %s", command->name, command->operands);
	if (command->max_operands != OPERANDS_ANY && app->n_operands > command->max_operands)
		return error_set(err, ERROR_CONFIG, "%s: \"%s\" is too much; it takes %s", command->name,
			app->operands[command->max_operands],
			*command->operands ? command->operands : "no operands");
	return 0;
}

enum { OPTION_COLUMN = 22 };

static void print_options(const struct option *options)
{
	for (; options != NULL && options->name != NULL; options++) {
		char left[60];

		snprintf(left, sizeof(left), "--%s%s%s", options->name, options->value ? " " : "",
			options->value ? options->value : "");
		if (strlen(left) > OPTION_COLUMN) /* its help stands below it */
			out_line("  %s\n  %-*s %s", left, OPTION_COLUMN, "", options->help);
		else
			out_line("  %-*s %s", OPTION_COLUMN, left, options->help);
	}
}

static void print_command_help(const struct command *command)
{
	out_line("usage: appariteur %s%s%s [option…]", command->name, *command->operands ? " " : "",
		command->operands);
	out_line("%s.", command->summary);
	if (command->options != NULL && command->options->name != NULL) {
		out_line("%s", "");
		print_options(command->options);
	}
	out_line("%s", "");
	print_options(common);
}

static void print_overview(void)
{
	out_line("usage: appariteur COMMAND [operand…] [option…]");
	out_line("Reads public purchase notices, tells start-ups which are for them, and why.\n");
	for (size_t i = 0; i < commands_n; i++)
		out_line("  %-22s %s", commands[i].name, commands[i].summary);
	out_line("\nEvery command takes:");
	print_options(common);
	out_line("\nHelp on one: appariteur COMMAND --help, and appariteur(1).");
}

void print_help(const struct app *app)
{
	if (app->command != NULL)
		print_command_help(app->command);
	else
		print_overview();
}

/* "rules --help": the commands that begin with this word. false: there is none. */
static bool print_family(struct str first)
{
	bool any = false;

	for (size_t i = 0; i < commands_n; i++) {
		struct str rest = str_of(commands[i].name), word = STR_NONE;

		str_cut(&rest, ' ', &word);
		if (!str_eq(word, first))
			continue;
		if (!any)
			out_line("usage: appariteur %.*s COMMAND [operand…] [option…]\n", STR_ARG(first));
		any = true;
		out_line("  %-22s %s", commands[i].name, commands[i].summary);
	}
	if (any)
		out_line("\nHelp on one: appariteur %.*s COMMAND --help, and appariteur(1).", STR_ARG(first));
	return any;
}

/* "help COMMAND", "--help COMMAND", or nothing at all */
static int answer_help(struct app *app, int argc, char **argv, int at, struct error *err)
{
	struct str first = at + 1 < argc ? str_of(argv[at + 1]) : STR_NONE;
	struct str second = at + 2 < argc ? str_of(argv[at + 2]) : STR_NONE;
	bool two = false;

	if (at >= argc)
		return error_set(err, ERROR_CONFIG, "which command? See appariteur --help");
	if (str_given(first))
		app->command = find_command(first, second, &two);
	if (str_given(first) && app->command == NULL) {
		if ((!str_given(second) || str_starts(second, "--")) && print_family(first))
			return 0;
		return unknown_command(first, second, err);
	}
	print_help(app);
	app->command = NULL;
	return 0;
}

/* Options that every command takes may stand before it too. Stops at the first word that is none. */
static int take_leading(struct app *app, struct command_line *line, struct error *err)
{
	for (; line->at < line->argc; line->at++) {
		const char *arg = line->argv[line->at];
		int r;

		if (strcmp(arg, "--help") == 0 || strcmp(arg, "--version") == 0)
			return 0;
		if (strncmp(arg, "--", 2) != 0)
			return arg[0] != '-' ? 0 : error_set(err, ERROR_CONFIG,
				"no option %s; options begin with two dashes", arg);
		r = take_option(app, line, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static void read_common(struct app *app)
{
	app->json = app_flag(app, "json");
	app->quiet = app_flag(app, "quiet");
	app->now_given = app_flag(app, "now");
	app->now = app_number(app, "now", 0);
	if (app_flag(app, "verbose"))
		log_set_level(LOG_INFO);
}

int options_parse(struct app *app, int argc, char **argv, struct error *err)
{
	struct command_line line = { argc, 1, argv, false };
	const char *word;
	struct str second;
	bool two = false;
	int r;

	app->operands = arena_array(&app->arena, const char *, (size_t)argc + 1);
	app->options = arena_array(&app->arena, struct option_value, (size_t)argc + 1);
	r = take_leading(app, &line, err);
	if (r < 0)
		return r;
	word = line.at < argc ? argv[line.at] : "help";
	second = line.at + 1 < argc ? str_of(argv[line.at + 1]) : STR_NONE;
	if (strcmp(word, "--help") == 0 || strcmp(word, "help") == 0)
		return answer_help(app, argc, argv, line.at, err);
	if (strcmp(word, "--version") == 0 || strcmp(word, "version") == 0) {
		out_line("appariteur %s", APPARITEUR_VERSION);
		return 0;
	}
	app->command = find_command(str_of(word), second, &two);
	if (app->command == NULL && str_eq(second, STR("--help")) && print_family(str_of(word)))
		return 0;
	if (app->command == NULL && str_starts(second, "--")) {
		/* between the two words of a command stand options too */
		line.at++;
		r = take_leading(app, &line, err);
		if (r < 0)
			return r;
		second = line.at < argc ? str_of(argv[line.at--]) : STR_NONE;
		app->command = find_command(str_of(word), second, &two);
	}
	if (app->command == NULL)
		return unknown_command(str_of(word), second, err);
	line.at += two ? 2 : 1;
	r = take_all(app, &line, err);
	if (r < 0)
		return r;
	if (app_flag(app, "help")) {
		print_help(app);
		app->command = NULL;
		return 0;
	}
	if (app_flag(app, "version")) {
		out_line("appariteur %s", APPARITEUR_VERSION);
		app->command = NULL;
		return 0;
	}
	read_common(app);
	return check_operands(app, err);
}
