#include "embed.h"

#include <string.h>

static const char usage[] = "usage: embed text NAME OUT.c OUT.h FILE...\n"
			    "       embed sql OUT.c OUT.h FILE...\n"
			    "       embed migrations OUT.c OUT.h FILE...\n";

int main(int argc, char **argv)
{
	const char *mode = argc > 1 ? argv[1] : "";
	int text = strcmp(mode, "text") == 0;
	int sql = strcmp(mode, "sql") == 0;
	int first = text ? 3 : 2;

	if (argc <= first + 1 || (!text && !sql && strcmp(mode, "migrations") != 0)) {
		fputs(usage, stderr);
		return 2;
	}
	if (text && !identifier_ok(argv[2]))
		fail(argv[2], 0, "not the name of a C array");

	size_t count = (size_t)(argc - first - 2);
	struct input *inputs = inputs_read(argv + first + 2, count);
	struct output out;

	output_open(&out, argv[first], argv[first + 1]);
	if (text)
		embed_text(argv[2], inputs, count, &out);
	else if (sql)
		embed_sql(inputs, count, &out);
	else
		embed_migrations(inputs, count, &out);
	output_close(&out);
	inputs_free(inputs, count);
	return 0;
}
