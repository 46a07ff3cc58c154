#include "embed.h"

#include <ctype.h>
#include <string.h>

static void check_name(const struct input *in, size_t number)
{
	char expected[32];
	const char *rest = in->name + 5;
	size_t len = strlen(in->name);

	snprintf(expected, sizeof(expected), "%04zu-", number);
	if (len < 10 || strncmp(in->name, expected, 5) != 0)
		fail(in->path, 0, "migration %zu must be named %swhat.sql", number, expected);
	for (; strcmp(rest, ".sql") != 0; rest++)
		if (!islower((unsigned char)*rest) && !isdigit((unsigned char)*rest) &&
			*rest != '-')
			fail(in->path, 0, "migrations are named NNNN-what.sql, small letters");
	if (in->size == 0)
		fail(in->path, 0, "an empty migration");
}

void embed_migrations(const struct input *inputs, size_t count, struct output *out)
{
	fprintf(out->h, "#include \"gate/db.h\"\n\n");
	fprintf(out->h, "enum { MIGRATION_COUNT = %zu };\n", count);
	fprintf(out->h, "extern const struct db_migration migrations[MIGRATION_COUNT];\n");

	for (size_t i = 0; i < count; i++) {
		check_name(&inputs[i], i + 1);
		fprintf(out->c, "static const char sql_%zu[] = {", i + 1);
		for (size_t k = 0; k < inputs[i].size; k++)
			fprintf(out->c, "%s'\\%03o',", k % 12 == 0 ? "\n\t" : " ",
				(unsigned char)inputs[i].data[k]);
		fputs("\n\t'\\0',\n};\n\n", out->c);
	}
	fputs("const struct db_migration migrations[MIGRATION_COUNT] = {\n", out->c);
	for (size_t i = 0; i < count; i++)
		fprintf(out->c, "\t{ \"%s\", sql_%zu },\n", inputs[i].name, i + 1);
	fputs("};\n", out->c);
}
