#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "app.h"

enum { JSON_LINE_MAX = 16 << 20, WIDTH_DEFAULT = 80, WIDTH_MAX = 120, LAST_MIN = 12 };

static struct buf json_line = BUF_INIT(JSON_LINE_MAX);
static struct json_writer json_out;

struct json_writer *out_json(struct app *app UNUSED)
{
	buf_reset(&json_line);
	json_out = (struct json_writer){ .out = &json_line };
	return &json_out;
}

void out_json_put(struct app *app UNUSED)
{
	if (json_line.overflow) /* a ceiling of ours: never a line cut short */
		die("a line of JSON is larger than %d bytes", JSON_LINE_MAX);
	fwrite(json_line.ptr, 1, json_line.len, stdout);
	buf_done(&json_line);
}

void out_json_end(struct app *app)
{
	out_json_put(app);
	putchar('\n');
}

/* C0 but tab and line end, DEL, C1, and what turns the direction of writing (UAX 9). */
static bool is_harmful(uint32_t c)
{
	return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0) || c == 0x061c ||
	       c == 0x200e || c == 0x200f || (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* One character; names and texts come from outside, and a terminal obeys what it is told. */
static void put_char(struct str text, size_t start, size_t end, FILE *out)
{
	size_t at = start;

	if (is_harmful(str_utf8_next(text, &at)))
		putc(' ', out);
	else
		fwrite(text.ptr + start, 1, end - start, out);
}

/* The same within a line. */
static void put_inline(struct str text, size_t start, size_t end)
{
	if (text.ptr[start] == '\n' || text.ptr[start] == '\t')
		putchar(' ');
	else
		put_char(text, start, end, stdout);
}

static void put_text(struct str text, FILE *out)
{
	for (size_t at = 0; at < text.len;) {
		size_t start = at;

		str_utf8_next(text, &at);
		put_char(text, start, at, out);
	}
}

static void __attribute__((format(printf, 2, 0))) put_formatted(FILE *out, const char *fmt, va_list ap)
{
	char *text = NULL;
	int len = vasprintf(&text, fmt, ap);

	if (len < 0)
		die("out of memory");
	put_text(str_n(text, (size_t)len), out);
	putc('\n', out);
	free(text);
}

void out_line(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_formatted(stdout, fmt, ap);
	va_end(ap);
}

int out_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col < 40)
		return WIDTH_DEFAULT;
	return size.ws_col > WIDTH_MAX ? WIDTH_MAX : size.ws_col;
}

void out_cell(struct str text, int width)
{
	size_t at = 0, count = str_utf8_count(text);
	int column = 0, room = count > (size_t)width ? width - 1 : width;

	while (at < text.len && column < room) {
		size_t start = at;

		str_utf8_next(text, &at);
		put_inline(text, start, at);
		column++;
	}
	if (at < text.len) {
		fputs("…", stdout);
		column++;
	}
	for (; column < width; column++)
		putchar(' ');
}

void out_str(struct str text)
{
	for (size_t at = 0; at < text.len;) {
		size_t start = at;

		str_utf8_next(text, &at);
		put_inline(text, start, at);
	}
}

int out_id(struct str id, int width)
{
	int columns = (int)str_utf8_count(id);

	out_str(id);
	return columns >= width ? columns : columns + printf("%*s", width - columns, "");
}

void out_last(struct str text, int used)
{
	int room = out_width() - used, columns = (int)str_utf8_count(text);

	if (room < LAST_MIN)
		room = LAST_MIN;
	if (columns > room && isatty(STDOUT_FILENO))
		out_cell(text, room);
	else
		out_str(text);
	putchar('\n');
}

void out_text(struct str text, int indent, int width)
{
	struct str line, word;

	while (str_cut(&text, '\n', &line)) {
		int column = 0;

		while (str_cut(&line, ' ', &word)) {
			int columns = (int)str_utf8_count(word);

			if (columns == 0)
				continue;
			if (column > 0 && column + 1 + columns > width) {
				putchar('\n');
				column = 0;
			}
			if (column == 0)
				printf("%*s", indent, "");
			else
				putchar(' ');
			column += columns + (column > 0);
			for (size_t at = 0; at < word.len;) {
				size_t start = at;

				str_utf8_next(word, &at);
				put_char(word, start, at, stdout);
			}
		}
		putchar('\n');
	}
}

int out_flush(struct error *err)
{
	if (fflush(stdout) != 0 || ferror(stdout))
		return error_errno(err, ERROR_SYSTEM, errno, "standard output");
	return 0;
}

void note(const struct app *app, const char *fmt, ...)
{
	va_list ap;

	if (app->quiet)
		return;
	va_start(ap, fmt);
	put_formatted(stderr, fmt, ap);
	va_end(ap);
}

int list_end(const struct app *app, int r, int64_t n, const char *empty)
{
	if (r >= 0 && n == 0 && !app->json)
		note(app, "%s", empty);
	return r;
}

void complain(const struct error *err)
{
	fputs("appariteur: ", stderr);
	put_text(str_of(err->text), stderr);
	putc('\n', stderr);
}

/* the bar: one line on a terminal, rewritten at most ten times a second, after the first second */

static struct {
	struct timespec started, shown;
	bool on, drawn;
} bar;

static double seconds_since(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

static void draw(void *data UNUSED, const char *what, int64_t done, int64_t total)
{
	enum { CELLS = 30 };
	char cells[CELLS + 1];
	double elapsed = seconds_since(&bar.started);

	if (!bar.on || elapsed < 1.0 || (bar.drawn && seconds_since(&bar.shown) < 0.1))
		return;
	if (total > 0) {
		int full = (int)(CELLS * (done > total ? total : done) / total);

		memset(cells, '.', CELLS);
		memset(cells, '#', (size_t)full);
		cells[CELLS] = '\0';
		fprintf(stderr, "\r\033[K%s [%s] %lld of %lld, %.0f s", what, cells, (long long)done,
			(long long)total, elapsed);
	} else {
		fprintf(stderr, "\r\033[K%s %lld, %.0f s", what, (long long)done, elapsed);
	}
	bar.drawn = true;
	clock_gettime(CLOCK_MONOTONIC, &bar.shown);
}

void progress_init(struct app *app)
{
	bar.on = isatty(STDERR_FILENO) && !app->quiet;
	clock_gettime(CLOCK_MONOTONIC, &bar.started);
	app->progress = (struct progress){ draw, NULL };
}

void progress_end(struct app *app UNUSED)
{
	if (bar.drawn)
		fputs("\r\033[K", stderr);
	bar.drawn = false;
}
