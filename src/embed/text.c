#include "embed.h"

/*
 * Numbers, not literals: a template may be longer than the 4,095 bytes that every compiler takes as
 * one string.
 */
static void write_bytes(FILE *f, const struct input *in)
{
	for (size_t i = 0; i < in->size; i++)
		fprintf(f, "%s%u,", i % 20 == 0 ? "\n\t" : " ", (unsigned char)in->data[i]);
	fputs("\n\t0,\n", f);
}

void embed_text(const char *array, const struct input *inputs, size_t count, struct output *out)
{
	fputs("#include <stddef.h>\n\n"
	      "#ifndef EMBED_FILE\n"
	      "#define EMBED_FILE\n"
	      "struct embed_file {\n"
	      "\tconst char *name;          /* without its folder */\n"
	      "\tconst unsigned char *data; /* a NUL stands behind the last byte */\n"
	      "\tsize_t size;               /* without that NUL */\n"
	      "};\n"
	      "#endif\n\n",
		out->h);
	fprintf(out->h, "/* sorted by name */\nextern const struct embed_file %s[%zu];\n", array,
		count);
	fprintf(out->h, "enum { %s_count = %zu };\n", array, count);

	for (size_t i = 0; i < count; i++) {
		fprintf(out->c, "static const unsigned char data_%zu[] = {", i);
		write_bytes(out->c, &inputs[i]);
		fputs("};\n\n", out->c);
	}
	fprintf(out->c, "const struct embed_file %s[%zu] = {\n", array, count);
	for (size_t i = 0; i < count; i++)
		fprintf(out->c, "\t{ \"%s\", data_%zu, %zu },\n", inputs[i].name, i,
			inputs[i].size);
	fputs("};\n", out->c);
}
