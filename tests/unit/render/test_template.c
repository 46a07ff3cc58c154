#include "render/template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "template_text.h"

static struct value *person(struct arena *arena, const char *name, const char *city)
{
	struct value *map = value_map(arena);

	value_set_text(map, "name", str_of(name));
	value_set_text(map, "city", str_of(city));
	return map;
}

static struct value *tree(struct arena *arena)
{
	static const struct value_span spans[] = { { 0, 1 }, { 4, 5 } };
	struct value *root = value_map(arena), *list = value_list(arena), *nested = value_map(arena);

	value_set_text(root, "name", STR("out"));
	value_set_text(root, "evil", STR("<a href=\"x\" o='y'>&\n</a>"));
	value_set_text(root, "noise", STR("a\x01\x1b\tb\x7f\rc\nd"));
	value_set_text(root, "nul", str_n("a\0b", 3));
	value_set_text(root, "empty", STR(""));
	value_set_text(root, "none", STR_NONE);
	value_set_text(root, "web", STR("https://a.example.org/?x=1&y='2'"));
	value_set_text(root, "letter", STR("MAILTO:a@example.org"));
	value_set_text(root, "script", STR("javascript:alert(1)"));
	value_set_text(root, "split", STR("java\nscript:alert(1)"));
	value_set_text(root, "path", STR("//a.example.org/x"));
	value_set_text(root, "scheme", STR("https://"));
	value_set_text(root, "blank", STR("https://a.example.org/ x"));
	value_set_text(root, "quote", STR("https://a.example.org/\"x"));
	value_set_bool(root, "yes", true);
	value_set_bool(root, "no", false);
	value_set_number(root, "zero", 0);
	value_set_number(root, "many", -12480);
	value_set_marked(root, "marked", STR("<b> & c"), spans, 2);
	value_append(list, person(arena, "Ana", "Mende"));
	value_append(list, person(arena, "Bob", NULL));
	value_set(root, "people", list);
	value_set(root, "nobody", value_list(arena));
	value_set(nested, "inner", person(arena, "deep", "Rodez"));
	value_set(root, "outer", nested);
	return root;
}

static void test_output(void **state UNUSED)
{
	static const struct {
		const char *name, *source, *expected;
	} table[] = {
		/* puts */
		{ "a.txt", "", "" },
		{ "a.txt", "plain", "plain" },
		{ "a.txt", "{{name}}", "out" },
		{ "a.txt", "{{ name }}{{name}}", "outout" },
		{ "a.txt", "{{outer.inner.name}} of {{outer.inner.city}}", "deep of Rodez" },
		{ "a.txt", "[{{empty}}]", "[]" },
		{ "a.txt", "{{many}} {{zero}}", "-12480 0" },
		{ "a.txt", "{ name } } }} {", "{ name } } }} {" },
		{ "a.txt", "été {{name}} —", "été out —" },
		{ "a.txt", "{{! said to nobody }}x", "x" },
		{ "a.txt", "{{!}}x{{! a b }}", "x" },
		/* plain text */
		{ "a.txt", "{{evil}}", "<a href=\"x\" o='y'>&\n</a>" },
		{ "a.txt", "{{noise}}", "a bc\nd" },
		{ "a.txt", "{{nul}}", "ab" },
		{ "a.txt", "{{marked}}", "*<*b> *&* c" },
		{ "a.txt", "a  \nb \n", "a\nb\n" },
		/* HTML by place */
		{ "a.html", "<p>{{evil}}</p>",
			"<p>&lt;a href=&quot;x&quot; o=&#39;y&#39;&gt;&amp;\n&lt;/a&gt;</p>" },
		{ "a.html", "<p title=\"{{evil}}\">x</p>",
			"<p title=\"&lt;a href=&quot;x&quot; o=&#39;y&#39;&gt;&amp;&#10;&lt;/a&gt;\">x</p>" },
		{ "a.html", "<p title='{{name}} {{name}}'>x</p>", "<p title='out out'>x</p>" },
		{ "a.html", "<p title = '{{name}}'>x</p>", "<p title = 'out'>x</p>" },
		{ "a.html", "{{noise}}", "a bc\nd" },
		{ "a.html", "{{marked}}", "<mark>&lt;</mark>b&gt; <mark>&amp;</mark> c" },
		{ "a.html", "<i title=\"{{marked}}\">", "<i title=\"&lt;b&gt; &amp; c\">" },
		{ "a.html", "<title>{{evil}}</title>",
			"<title>&lt;a href=&quot;x&quot; o=&#39;y&#39;&gt;&amp;\n&lt;/a&gt;</title>" },
		{ "a.html", "<style>b{c}</style>{{name}}", "<style>b{c}</style>out" },
		{ "a.html", "<!-- > -->{{name}}", "<!-- > -->out" },
		{ "a.html", "<!DOCTYPE html>{{name}}<br/>{{name}}", "<!DOCTYPE html>out<br/>out" },
		{ "a.html", "<a b=c>{{name}}", "<a b=c>out" },
		/* addresses */
		{ "a.html", "<a href=\"{{web}}\">",
			"<a href=\"https://a.example.org/?x=1&amp;y=&#39;2&#39;\">" },
		{ "a.html", "<a HREF='{{letter}}'>", "<a HREF='MAILTO:a@example.org'>" },
		{ "a.html", "<a href=\"{{script}}\">", "<a href=\"#\">" },
		{ "a.html", "<a href=\"{{split}}\">", "<a href=\"#\">" },
		{ "a.html", "<a href=\"{{path}}\">", "<a href=\"#\">" },
		{ "a.html", "<a href=\"{{scheme}}\">", "<a href=\"#\">" },
		{ "a.html", "<a href=\"{{blank}}\">", "<a href=\"#\">" },
		{ "a.html", "<a href=\"{{quote}}\">", "<a href=\"#\">" },
		{ "a.html", "<a href=\"{{name}}\">", "<a href=\"#\">" },
		{ "a.html", "<a href=\"{{marked}}\">", "<a href=\"#\">" }, /* markup is no way round */
		{ "a.html", "<img src=\"{{script}}\">", "<img src=\"#\">" },
		{ "a.html", "<a xlink:href=\"{{script}}\">", "<a xlink:href=\"#\">" },
		{ "a.html", "<a href=\"{{#if no}}{{script}}{{else}}{{web}}{{/if}}\">",
			"<a href=\"https://a.example.org/?x=1&amp;y=&#39;2&#39;\">" },
		/* if */
		{ "a.txt", "{{#if yes}}a{{/if}}{{#if no}}b{{/if}}", "a" },
		{ "a.txt", "{{#if no}}a{{else}}b{{/if}}", "b" },
		{ "a.txt", "{{#if name}}a{{/if}}{{#if empty}}b{{/if}}{{#if none}}c{{/if}}", "a" },
		{ "a.txt", "{{#if zero}}a{{/if}}{{#if unknown}}b{{/if}}", "a" },
		{ "a.txt", "{{#if people}}a{{/if}}{{#if nobody}}b{{/if}}{{#if outer}}c{{/if}}", "ac" },
		{ "a.txt", "{{#if outer.inner.name}}a{{/if}}{{#if outer.inner.none}}b{{/if}}", "a" },
		{ "a.txt", "{{#if name.more}}a{{else}}b{{/if}}", "b" },
		{ "a.txt", "{{#if yes}}{{#if no}}a{{else}}b{{/if}}{{else}}c{{/if}}", "b" },
		/* each */
		{ "a.txt", "{{#each people}}{{name}};{{/each}}", "Ana;Bob;" },
		{ "a.txt", "{{#each nobody}}x{{/each}}", "" },
		{ "a.txt", "{{#each people}}{{#if city}}{{city}} {{/if}}{{many}} {{/each}}",
			"Mende -12480 -12480" },
		{ "a.txt", "{{#each people}}{{#each people}}{{name}}{{/each}},{{/each}}",
			"AnaBob,AnaBob," },
		/* lines of tags leave nothing behind */
		{ "a.txt", "a\n{{#if yes}}\nb\n{{/if}}\nc\n", "a\nb\nc\n" },
		{ "a.txt", "a\n  {{#if no}}  \nb\n\t{{else}}\nc\n{{/if}}\n", "a\nc\n" },
		{ "a.txt", "{{#each people}}\n- {{name}}\n{{/each}}\n", "- Ana\n- Bob\n" },
		{ "a.txt", "{{! remark }}\nx\n{{! remark }}", "x\n" },
		{ "a.txt", "{{#if yes}}{{#if yes}}\nx\n{{/if}} {{/if}}\ny", "x\ny" },
		{ "a.txt", "{{#if yes}}x{{/if}}\n{{#if no}}y{{/if}}\nz", "x\n\nz" },
		{ "a.txt", "{{empty}}\nx", "\nx" },
		{ "a.html", "<p\n{{#if yes}}\nid=\"a\"\n{{/if}}\n>x</p>", "<p\nid=\"a\"\n>x</p>" },
		{ "a.html", "<p class=\"a{{#if yes}} b{{else}} c{{/if}}\">", "<p class=\"a b\">" },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		CLEANUP(arena_done) struct arena arena = ARENA_INIT;
		CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 16);
		struct error err = ERROR_INIT;
		buf_addz(&out, "^");
		if (template_render_text(table[i].name, str_of(table[i].source), tree(&arena), &out,
			    &err) < 0)
			fail_msg("%s: %s", table[i].source, err.text);
		if (!str_eqz(str_from(buf_str(&out), 1), table[i].expected))
			fail_msg("%s\ngot      %.*s\nexpected ^%s", table[i].source,
				STR_ARG(buf_str(&out)), table[i].expected);
	}
}

static void test_errors(void **state UNUSED)
{
	static const struct {
		const char *name, *source, *expected;
	} table[] = {
		{ "a.txt", "x\n\n{{titel}}", "a.txt:3: unknown key 'titel'" },
		{ "a.txt", "{{none}}", "a.txt:1: unknown key 'none'" },
		{ "a.txt", "{{outer.other}}", "a.txt:1: unknown key 'outer.other'" },
		{ "a.txt", "{{name.more}}", "a.txt:1: unknown key 'name.more'" },
		{ "a.txt", "{{#if yes}}\n{{#each peple}}\n{{/each}}{{/if}}",
			"a.txt:2: unknown key 'peple'" },
		{ "a.txt", "{{people}}", "a.txt:1: only a text can be put, not what is in 'people'" },
		{ "a.txt", "{{yes}}", "a.txt:1: only a text can be put, not what is in 'yes'" },
		{ "a.txt", "{{#each name}}{{/each}}", "a.txt:1: not a list: 'name'" },
		{ "a.txt", "a\n{{name", "a.txt:2: {{ is not closed on its line" },
		{ "a.txt", "{{name\n}}", "a.txt:1: {{ is not closed on its line" },
		{ "a.txt", "{{}}", "a.txt:1: not a key: ' '" },
		{ "a.txt", "{{Name}}", "a.txt:1: not a key: 'Name'" },
		{ "a.txt", "{{a..b}}", "a.txt:1: not a key: 'a..b'" },
		{ "a.txt", "{{.a}}", "a.txt:1: not a key: '.a'" },
		{ "a.txt", "{{a.}}", "a.txt:1: not a key: 'a.'" },
		{ "a.txt", "{{deadline|day}}", "a.txt:1: not a key: 'deadline|day'" },
		{ "a.txt", "{{#if}}", "a.txt:1: not a key: '#if'" },
		{ "a.txt", "{{#unless a}}", "a.txt:1: not a key: '#unless a'" },
		{ "a.txt", "x\n{{#if yes}}\nb", "a.txt:2: block is not closed: 'yes'" },
		{ "a.txt", "{{#each people}}", "a.txt:1: block is not closed: 'people'" },
		{ "a.txt", "{{/if}}", "a.txt:1: stands outside any block: '/if'" },
		{ "a.txt", "a\n{{else}}", "a.txt:2: stands outside any block: 'else'" },
		{ "a.txt", "{{#if yes}}{{/each}}",
			"a.txt:1: closes another block than the one open: '/each'" },
		{ "a.txt", "{{#each people}}\n{{else}}\n{{/each}}",
			"a.txt:2: closes another block than the one open: 'else'" },
		{ "a.txt", "{{#if yes}}{{else}}\n{{else}}{{/if}}",
			"a.txt:2: closes another block than the one open: 'else'" },
		{ "a.txt", "{{include nothing.txt}}", "a.txt:1: unknown template 'nothing.txt'" },
		{ "a.txt", "{{include style.html}}",
			"a.txt:1: an include must be of the same kind, not 'style.html'" },
		{ "a.txt", "{{include ../x.txt}}", "a.txt:1: not a template name: '../x.txt'" },
		{ "a.html", "<p {{name}}>", "a.html:1: 'name': a value in a tag must stand in a quoted "
					    "attribute value" },
		{ "a.html", "<{{name}}>", "a.html:1: 'name': a value in a tag must stand in a quoted "
					  "attribute value" },
		{ "a.html", "<p class={{name}}>", "a.html:1: 'name': a value in a tag must stand in a "
						  "quoted attribute value" },
		{ "a.html", "<p class=a{{name}}>", "a.html:1: 'name': a value in a tag must stand in a "
						   "quoted attribute value" },
		{ "a.html", "<p {{name}}=\"x\">", "a.html:1: 'name': a value in a tag must stand in a "
						  "quoted attribute value" },
		{ "a.html", "<a href=\"https://x/{{name}}\">",
			"a.html:1: 'name': a value must be the whole address of href= or src=" },
		{ "a.html", "<a href=\"{{web}}{{name}}\">",
			"a.html:1: 'name': a value must be the whole address of href= or src=" },
		{ "a.html", "<p onclick=\"{{name}}\">",
			"a.html:1: 'name': no value may stand in this attribute" },
		{ "a.html", "<p STYLE='{{name}}'>", "a.html:1: 'name': no value may stand in this attribute" },
		{ "a.html", "<style>\n{{name}}</style>", "a.html:2: 'name': no value may stand in style or "
							 "script" },
		{ "a.html", "<SCRIPT src=\"x\">{{name}}", "a.html:1: 'name': no value may stand in style or "
							  "script" },
		{ "a.html", "<!-- {{name}} -->",
			"a.html:1: 'name': no value may stand in a comment or declaration" },
		{ "a.html", "<p>\n{{#if yes}}<b title=\"{{else}}x{{/if}}\">",
			"a.html:2: this part of the block ends in another place of the markup than it began "
			"in" },
		{ "a.html", "{{#if yes}}x{{else}}\n<b {{/if}}>",
			"a.html:1: this part of the block ends in another place of the markup than it began "
			"in" },
		{ "a.html", "<p class=\"{{include card.fr.html}}\">",
			"a.html:1: an include may stand between tags only: 'card.fr.html'" },
		{ "a.html", "<p>\n<b", "a.html:2: the template ends inside a tag, a comment, style or "
				       "script" },
		{ "a.html", "<style>a{}", "a.html:1: the template ends inside a tag, a comment, style or "
					  "script" },
		{ "a.md", "x", "template a.md: a name ends with .html or .txt" },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		CLEANUP(arena_done) struct arena arena = ARENA_INIT;
		CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 16);
		struct error err = ERROR_INIT;

		buf_addz(&out, "before");
		assert_int_equal(template_render_text(table[i].name, str_of(table[i].source), tree(&arena),
					 &out, &err),
			-ERROR_INPUT);
		assert_string_equal(err.text, table[i].expected);
		assert_true(str_eqz(buf_str(&out), "before"));
	}
}

static void test_ceilings(void **state UNUSED)
{
	enum { DEPTH = 32 };
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(buf_done) struct buf source = BUF_INIT(1 << 20), out = BUF_INIT(1 << 20),
				     small = BUF_INIT(100);
	struct value *root = tree(&arena), *list = value_list(&arena);
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < DEPTH; i++)
		buf_addz(&source, "{{#if yes}}");
	for (size_t i = 0; i < DEPTH; i++)
		buf_addz(&source, "{{/if}}");
	assert_int_equal(template_render_text("a.txt", buf_str(&source), root, &out, &err), 0);
	buf_reset(&source);
	for (size_t i = 0; i <= DEPTH; i++)
		buf_addz(&source, "{{#if yes}}");
	assert_int_equal(template_render_text("a.txt", buf_str(&source), root, &out, &err), -ERROR_INPUT);
	assert_string_equal(err.text, "a.txt:1: blocks stand too deep in one another");

	buf_reset(&source);
	while (source.len <= 256 << 10)
		buf_addz(&source, "0123456789\n");
	assert_int_equal(template_render_text("a.txt", buf_str(&source), root, &out, &err), -ERROR_LIMIT);

	/* Ten thousand times ten thousand lines stop at the ceiling of what a template may give. */
	for (size_t i = 0; i < 10000; i++)
		value_append(list, value_map(&arena));
	value_set(root, "long", list);
	assert_int_equal(template_render_text("a.txt",
				 STR("{{#each long}}{{#each long}}0123456789\n{{/each}}{{/each}}"), root,
				 &out, &err),
		-ERROR_LIMIT);

	/* The ceiling of the caller's buffer: nothing is written. */
	buf_addz(&small, "before");
	assert_int_equal(template_render_text("a.txt", STR("{{#each long}}{{name}}\n{{/each}}"), root,
				 &small, &err),
		-ERROR_LIMIT);
	assert_true(str_eqz(buf_str(&small), "before"));
}

static void test_wrapping(void **state UNUSED)
{
	static const struct {
		const char *source, *expected;
	} table[] = {
		{ "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789", NULL },
		{ "0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 a",
			"0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789\na" },
		{ "- 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 a",
			"- 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789\n"
			"  0123456789 a" },
		{ "12. 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 a",
			"12. 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789\n"
			"    0123456789 a" },
		{ "   Buyer   0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 012",
			"   Buyer   0123456789 0123456789 0123456789 0123456789 0123456789 0123456789\n"
			"           012" },
		{ "    0123456789 0123456789 0123456789 0123456789 0123456789 0123456789 0123456789",
			"    0123456789 0123456789 0123456789 0123456789 0123456789 0123456789\n"
			"    0123456789" },
		/* no-break spaces hold, accents count for one column */
		{ "éééééééééé éééééééééé éééééééééé éééééééééé éééééééééé éééééééééé éééé\u00a0éé\u00a0éé",
			NULL },
		{ "éééééééééé éééééééééé éééééééééé éééééééééé éééééééééé éééééééééé éééé\u00a0ééé\u00a0ééé",
			"éééééééééé éééééééééé éééééééééé éééééééééé éééééééééé éééééééééé\n"
			"éééé\u00a0ééé\u00a0ééé" },
		/* combining accents take no column, wide characters two */
		{ "e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301 0123456789 "
		  "0123456789 0123456789 0123456789 0123456789 0123456789", NULL },
		{ "漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢 漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢",
			"漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢\n漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢漢" },
		/* an address stays whole, on the line of its label; another long word is cut */
		{ "   Notice   https://example.org/0123456789012345678901234567890123456789012345678901234567890",
			NULL },
		{ "see https://example.org/0123456789012345678901234567890123456789012345678901234567890123",
			"see\n"
			"https://example.org/0123456789012345678901234567890123456789012345678901234567890123" },
		{ "01234567890123456789012345678901234567890123456789012345678901234567890123456789",
			"0123456789012345678901234567890123456789012345678901234567890123456789012345\n"
			"6789" },
	};

	for (size_t i = 0; i < LENGTH(table); i++) {
		CLEANUP(arena_done) struct arena arena = ARENA_INIT;
		CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 16);
		struct error err = ERROR_INIT;

		assert_int_equal(template_render_text("a.txt", str_of(table[i].source), value_map(&arena),
					 &out, &err),
			0);
		assert_string_equal(out.ptr, table[i].expected ? table[i].expected : table[i].source);
	}
}

static uint64_t next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/*
 * Templates out of pieces thrown together: none crashes, and what comes out never has a value of ours
 * unescaped, nor a line of plain text that is too long.
 */
static void test_thrown_together(void **state UNUSED)
{
	static const char *const pieces[] = { "{{name}}", "{{evil}}", "{{marked}}", "{{script}}", "{{people}}",
		"{{#if yes}}", "{{#if no}}", "{{else}}", "{{/if}}", "{{#each people}}", "{{/each}}",
		"{{include style.html}}", "{{include headline.fr.txt}}", "{{! x }}", "{{", "}}", "{", "\n", " ",
		"<p>", "<p title=\"", "\"", ">", "<a href='", "'", "<!--", "-->", "<style>", "</style>", "=",
		"word", "é", "<", "\xff", "{{unknown}}" };
	uint64_t seed = 20261124;
	size_t rendered = 0;
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(buf_done) struct buf source = BUF_INIT(1 << 16), out = BUF_INIT(1 << 20);
	struct value *root = tree(&arena);

	for (size_t i = 0; i < 40000; i++) {
		bool html = next(&seed) % 2 == 0;
		size_t n = next(&seed) % 12 + 1;
		struct error err = ERROR_INIT;

		buf_reset(&source);
		buf_reset(&out);
		for (size_t j = 0; j < n; j++)
			buf_addz(&source, pieces[next(&seed) % LENGTH(pieces)]);
		if (template_render_text(html ? "a.html" : "a.txt", buf_str(&source), root, &out, &err) < 0) {
			assert_true(str_find(str_of(err.text), STR("a.")) != SIZE_MAX);
			assert_int_equal(out.len, 0);
			continue;
		}
		rendered++;
		if (html) {
			assert_true(str_find(buf_str(&out), STR("<a href=\"x\"")) == SIZE_MAX);
			assert_true(str_find(buf_str(&out), STR("<a href='javascript:")) == SIZE_MAX);
		}
	}
	assert_true(rendered > 4000);
}

static void test_embedded(void **state UNUSED)
{
	CLEANUP(arena_done) struct arena arena = ARENA_INIT;
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 16);
	struct value *root = tree(&arena);
	struct error err = ERROR_INIT;

	assert_int_equal(template_render("headline.fr.txt", root, &out, &err), 0);
	assert_true(str_eqz(buf_str(&out), "Rien de nouveau pour vous\n"));
	assert_int_equal(template_render("nothing.txt", root, &out, &err), -ERROR_INPUT);
	assert_string_equal(err.text, "unknown template 'nothing.txt'");
	/* The line told is that of the template that is wrong. */
	assert_int_equal(template_render_text("a.txt", STR("\n{{include digest.fr.txt}}"), root, &out, &err),
		-ERROR_INPUT);
	assert_string_equal(err.text, "digest.fr.txt:1: unknown key 'headline'");
	/* A template whose text wins over one set before. */
	value_set_text(root, "n_late", STR("2"));
	value_set_text(root, "n_late", STR("3"));
	value_set_bool(root, "n_late_many", true);
	buf_reset(&out);
	assert_int_equal(template_render("headline.en.txt", root, &out, &err), 0);
	assert_true(str_eqz(buf_str(&out), "3 tenders with too little time for you\n"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_output),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_ceilings),
		cmocka_unit_test(test_wrapping),
		cmocka_unit_test(test_thrown_together),
		cmocka_unit_test(test_embedded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
