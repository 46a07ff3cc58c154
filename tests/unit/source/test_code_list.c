#include "source/code_list.h"

#include "../tender/tender.h"

#define DOCTYPE "<!DOCTYPE properties SYSTEM \"http://java.sun.com/dtd/properties.dtd\">"
#define LABELS(DOCTYPE_)                                                                           \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" DOCTYPE_ "\n<properties>"                    \
	"<comment>code in French.</comment>"                                                        \
	"<entry key=\"code|name|cpv.72000000\">Services &amp; conseil</entry>"                      \
	"<entry key=\"code|name|legal-basis.32014L0024\"> Directive </entry>"                       \
	"<entry key=\"code|description|cpv.72000000\">Long</entry>"                                 \
	"<entry key=\"code|name|cpv.48000000\"/></properties>"
#define GENERICODE                                                                                 \
	"<gc:CodeList xmlns:gc=\"http://docs.oasis-open.org/codelist/ns/genericode/1.0/\">"         \
	"<Identification><ShortName>N</ShortName><LongName>notice-type</LongName>"                  \
	"<LongName Identifier=\"listId\">http://example.org/x</LongName></Identification>"          \
	"<ColumnSet><Column Id=\"code\"/><Column Id=\"fra_label\"><Data Lang=\"fra\"/></Column>"     \
	"<Column Id=\"eng_label\"><Data Lang=\"eng\"/></Column></ColumnSet><SimpleCodeList><Row>"   \
	"<Value ColumnRef=\"fra_label\"><SimpleValue>Avis</SimpleValue></Value>"                    \
	"<Value ColumnRef=\"eng_label\"><SimpleValue>Notice</SimpleValue></Value>"                  \
	"<Value ColumnRef=\"code\"><SimpleValue>cn</SimpleValue></Value>"                           \
	"<Value ColumnRef=\"other\"><SimpleValue>no</SimpleValue></Value></Row></SimpleCodeList>"   \
	"</gc:CodeList>"

static void test_read(void **state UNUSED)
{
	static const struct {
		const char *bytes, *list, *language;
		const char *wanted; /* "list code language label" a line; or part of the error */
		bool refused;
	} cases[] = {
		{ .bytes = LABELS(DOCTYPE), .wanted = "cpv 72000000 fr Services & conseil\n"
						      "legal-basis 32014L0024 fr Directive\n" },
		{ .bytes = LABELS(""), .wanted = "cpv 72000000 fr Services & conseil\n"
						 "legal-basis 32014L0024 fr Directive\n" },
		/* every other document type is refused, also behind the known one */
		{ .bytes = LABELS("<!DOCTYPE properties [<!ENTITY a \"b\">]>"), .refused = true,
			.wanted = "document type" },
		{ .bytes = LABELS("<!DOCTYPE properties SYSTEM \"file:///etc/passwd\">"), .refused = true,
			.wanted = "document type" },
		{ .bytes = LABELS(DOCTYPE "<!DOCTYPE properties SYSTEM \"x\">"), .refused = true,
			.wanted = "document type" },
		{ .bytes = GENERICODE, .wanted = "notice-type cn fr Avis\nnotice-type cn en Notice\n" },
		{ .bytes = GENERICODE, .list = "mine", .wanted = "mine cn fr Avis\nmine cn en Notice\n" },
		{ .bytes = "CODE, DESCRIPTION\n1,\"A, \"\"B\"\"\"\n2,C\n\n3\n4,\n", .list = "x",
			.wanted = "x 1  A, \"B\"\nx 2  C\n" },
		{ .bytes = "\xef\xbb\xbfnom;code;libellé\r\nz;72000000-9;Services\r\n", .list = "cpv",
			.language = "fr", .wanted = "cpv 72000000 fr Services\n" },
		{ .bytes = "code,label\n1,A\n", .refused = true, .wanted = "--list" },
		{ .bytes = "code,label\n1,\"A\n", .list = "x", .refused = true, .wanted = "quote" },
		{ .bytes = "code,label\n", .list = "x", .refused = true, .wanted = "without labels" },
		{ .bytes = "", .list = "x", .refused = true, .wanted = "empty" },
		{ .bytes = "hello", .list = "x", .refused = true, .wanted = "no code list" },
		{ .bytes = "<html/>", .refused = true, .wanted = "<html>" },
		{ .bytes = "<properties", .refused = true, .wanted = "" },
		{ .bytes = "code,label\n1,\xff\n", .list = "x", .refused = true, .wanted = "UTF-8" },
	};

	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct code_labels labels = { NULL, 0, 0 };
		struct error err = ERROR_INIT;
		struct str got = STR("");
		int r = code_list_read(str_of(cases[i].bytes), str_of(cases[i].list),
			str_of(cases[i].language), &arena, &labels, &err);

		if ((r < 0) != cases[i].refused)
			fail_msg("case %zu: %d %s", i, r, err.text);
		if (r < 0) {
			if (!strstr(err.text, cases[i].wanted))
				fail_msg("case %zu: %s", i, err.text);
			continue;
		}
		for (size_t k = 0; k < labels.n; k++)
			got = arena_printf(&arena, "%.*s%.*s %.*s %.*s %.*s\n", STR_ARG(got),
				STR_ARG(labels.at[k].list), STR_ARG(labels.at[k].code),
				STR_ARG(labels.at[k].language), STR_ARG(labels.at[k].label));
		check_text("labels", got, cases[i].wanted);
	}
}

/* One line of 64 KiB fields must not cost their square. */
static void test_long_lines_are_refused(void **state UNUSED)
{
	size_t size = 1 << 20;
	char *text = arena_alloc(&arena, size);
	struct code_labels labels;
	struct error err = ERROR_INIT;

	memset(text, ';', size);
	assert_int_equal(code_list_read(str_n(text, size), STR("x"), STR_NONE, &arena, &labels, &err),
		-ERROR_LIMIT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_read, arena_reset_state),
		cmocka_unit_test_setup(test_long_lines_are_refused, arena_reset_state),
	};

	return cmocka_run_group_tests(tests, NULL, arena_done_state);
}
