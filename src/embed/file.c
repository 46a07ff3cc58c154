#include "embed.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Removed again when the tool fails, so that the build never takes half a table for a whole one. */
static struct output *unfinished;

_Noreturn void fail(const char *path, unsigned line, const char *fmt, ...)
{
	va_list ap;

	if (line > 0)
		fprintf(stderr, "%s:%u: ", path, line);
	else
		fprintf(stderr, "%s: ", path);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	if (unfinished != NULL) {
		remove(unfinished->c_path);
		remove(unfinished->h_path);
	}
	exit(1);
}

static void *allocate(size_t size)
{
	void *p = calloc(1, size);

	if (p == NULL)
		fail("embed", 0, "out of memory");
	return p;
}

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static void input_read(struct input *in, const char *path)
{
	FILE *f = fopen(path, "rb");

	if (f == NULL)
		fail(path, 0, "%s", strerror(errno));
	in->path = path;
	in->name = last_part(path);
	in->data = allocate(FILE_BYTES_MAX + 1);
	in->size = fread(in->data, 1, FILE_BYTES_MAX, f);
	if (ferror(f))
		fail(path, 0, "%s", strerror(errno));
	if (in->size == FILE_BYTES_MAX)
		fail(path, 0, "larger than %d bytes", FILE_BYTES_MAX - 1);
	fclose(f);

	const char *nul = memchr(in->data, '\0', in->size);

	if (nul != NULL)
		fail(path, 0, "a NUL byte at offset %zu", (size_t)(nul - in->data));
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct input *)a)->name, ((const struct input *)b)->name);
}

struct input *inputs_read(char **paths, size_t count)
{
	struct input *inputs = allocate((count + 1) * sizeof(*inputs));

	for (size_t i = 0; i < count; i++)
		input_read(&inputs[i], paths[i]);
	qsort(inputs, count, sizeof(*inputs), by_name);
	for (size_t i = 1; i < count; i++)
		if (strcmp(inputs[i - 1].name, inputs[i].name) == 0)
			fail(inputs[i].path, 0, "the same name as %s", inputs[i - 1].path);
	return inputs;
}

void *inputs_free(struct input *inputs, size_t count)
{
	for (size_t i = 0; inputs != NULL && i < count; i++)
		free(inputs[i].data);
	free(inputs);
	return NULL;
}

static void write_guard(FILE *f, const char *path)
{
	for (const char *p = last_part(path); *p != '\0'; p++)
		fputc(isalnum((unsigned char)*p) ? toupper((unsigned char)*p) : '_', f);
}

void output_open(struct output *out, const char *c_path, const char *h_path)
{
	*out = (struct output){ .c_path = c_path, .h_path = h_path };
	unfinished = out;
	out->c = fopen(c_path, "w");
	if (out->c == NULL)
		fail(c_path, 0, "%s", strerror(errno));
	out->h = fopen(h_path, "w");
	if (out->h == NULL)
		fail(h_path, 0, "%s", strerror(errno));

	fprintf(out->c, "/* Made by src/embed; changes here are lost. */\n#include \"%s\"\n\n",
		last_part(h_path));
	fputs("/* Made by src/embed; changes here are lost. */\n#ifndef ", out->h);
	write_guard(out->h, h_path);
	fputs("\n#define ", out->h);
	write_guard(out->h, h_path);
	fputs("\n\n", out->h);
}

static void close_one(FILE *f, const char *path)
{
	int broken = ferror(f);

	if (fclose(f) != 0 || broken)
		fail(path, 0, "cannot be written");
}

void output_close(struct output *out)
{
	fputs("\n#endif\n", out->h);
	close_one(out->h, out->h_path);
	close_one(out->c, out->c_path);
	unfinished = NULL;
}

/* Octal, always three digits: what follows can never be taken for a part of the escape. */
static void write_byte(FILE *f, unsigned char c)
{
	if (c == '"' || c == '\\')
		fprintf(f, "\\%c", c);
	else if (c == '\n')
		fputs("\\n", f);
	else if (c < ' ' || c >= 0x7f || c == '?')
		fprintf(f, "\\%03o", c);
	else
		fputc(c, f);
}

void output_literal(FILE *f, const char *indent, const char *data, size_t size)
{
	size_t i = 0;

	do {
		fprintf(f, "%s\"", indent);
		while (i < size) {
			write_byte(f, (unsigned char)data[i]);
			if (data[i++] == '\n')
				break;
		}
		fputs(i < size ? "\"\n" : "\"", f);
	} while (i < size);
}

int identifier_ok(const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len > NAME_BYTES_MAX || isdigit((unsigned char)name[0]))
		return 0;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)name[i]) && name[i] != '_')
			return 0;
	return 1;
}
