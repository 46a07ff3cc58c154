#include "markup.h"

#include <string.h>

static bool is_space(char c)
{
	return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static void name_clear(struct markup *m)
{
	m->name_len = 0;
	m->name[0] = '\0';
}

static void name_add(struct markup *m, char c)
{
	if (m->name_len < MARKUP_NAME_MAX) {
		m->name[m->name_len++] = lower(c);
		m->name[m->name_len] = '\0';
	}
}

static void tail_add(struct markup *m, char c)
{
	memmove(m->tail, m->tail + 1, sizeof(m->tail) - 1);
	m->tail[sizeof(m->tail) - 1] = lower(c);
}

static bool tail_is(const struct markup *m, const char *z)
{
	size_t len = strlen(z);

	return len <= sizeof(m->tail) && memcmp(m->tail + sizeof(m->tail) - len, z, len) == 0;
}

static void tag_name_done(struct markup *m)
{
	if (strcmp(m->name, "style") == 0 || strcmp(m->name, "script") == 0)
		memcpy(m->raw, m->name, sizeof(m->raw));
	name_clear(m);
}

static void tag_done(struct markup *m)
{
	m->spot = m->raw[0] != '\0' ? SPOT_RAW : SPOT_TEXT;
	name_clear(m);
}

static void in_tag(struct markup *m, char c)
{
	if (c == '>') {
		tag_done(m);
	} else if (c == '=' && m->name_len > 0) {
		m->spot = SPOT_BEFORE_VALUE;
	} else if (!is_space(c) && c != '/') {
		m->spot = SPOT_ATTRIBUTE_NAME;
		name_clear(m);
		name_add(m, c);
	}
}

static void in_raw(struct markup *m)
{
	if ((strcmp(m->raw, "style") == 0 && tail_is(m, "</style")) ||
		(strcmp(m->raw, "script") == 0 && tail_is(m, "</script"))) {
		m->raw[0] = '\0';
		m->spot = SPOT_TAG;
	}
}

static void follow_char(struct markup *m, char c)
{
	if (m->spot == SPOT_TAG_NAME || m->spot == SPOT_DECLARATION || m->spot == SPOT_COMMENT ||
		m->spot == SPOT_RAW)
		tail_add(m, c);
	switch (m->spot) {
	case SPOT_TEXT:
		if (c == '<') {
			m->spot = SPOT_TAG_NAME;
			name_clear(m);
		}
		break;
	case SPOT_TAG_NAME:
		if (c == '!' && m->name_len == 0) {
			m->spot = SPOT_DECLARATION;
		} else if (c == '>') {
			tag_name_done(m);
			tag_done(m);
		} else if (is_space(c)) {
			tag_name_done(m);
			m->spot = SPOT_TAG;
		} else {
			name_add(m, c);
		}
		break;
	case SPOT_TAG:
		in_tag(m, c);
		break;
	case SPOT_ATTRIBUTE_NAME:
		if (c == '=')
			m->spot = SPOT_BEFORE_VALUE;
		else if (c == '>' || c == '/' || is_space(c)) {
			m->spot = SPOT_TAG;
			in_tag(m, c);
		} else {
			name_add(m, c);
		}
		break;
	case SPOT_BEFORE_VALUE:
		if (c == '"' || c == '\'') {
			m->spot = SPOT_VALUE;
			m->quote = c;
			m->fresh = true;
		} else if (!is_space(c)) {
			m->spot = SPOT_BARE_VALUE;
		}
		break;
	case SPOT_VALUE:
		if (c == m->quote) {
			m->spot = SPOT_TAG;
			name_clear(m);
		}
		m->fresh = false;
		break;
	case SPOT_BARE_VALUE:
		if (c == '>' || is_space(c)) {
			m->spot = SPOT_TAG;
			name_clear(m);
			in_tag(m, c);
		}
		break;
	case SPOT_DECLARATION:
		if (tail_is(m, "!--"))
			m->spot = SPOT_COMMENT;
		else if (c == '>')
			m->spot = SPOT_TEXT;
		break;
	case SPOT_COMMENT:
		if (tail_is(m, "-->"))
			m->spot = SPOT_TEXT;
		break;
	case SPOT_RAW:
		if (lower(c) == 'e' || lower(c) == 't')
			in_raw(m);
		break;
	}
}

void markup_follow(struct markup *markup, struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		follow_char(markup, text.ptr[i]);
}

/* Attributes whose value is code or a list of addresses: no value of ours may stand there. */
static bool attribute_is_closed(const char *name)
{
	return strncmp(name, "on", 2) == 0 || strcmp(name, "style") == 0 ||
	       strcmp(name, "srcset") == 0 || strcmp(name, "srcdoc") == 0 ||
	       strcmp(name, "action") == 0 || strcmp(name, "formaction") == 0;
}

const char *markup_put(struct markup *markup, enum place *ret_place)
{
	switch (markup->spot) {
	case SPOT_TEXT:
		*ret_place = PLACE_ELEMENT;
		return NULL;
	case SPOT_VALUE:
		break;
	case SPOT_RAW:
		return "no value may stand in style or script";
	case SPOT_COMMENT:
	case SPOT_DECLARATION:
		return "no value may stand in a comment or declaration";
	default:
		return "a value in a tag must stand in a quoted attribute value";
	}
	if (attribute_is_closed(markup->name))
		return "no value may stand in this attribute";
	if (str_ends(str_of(markup->name), "href") || strcmp(markup->name, "src") == 0) {
		if (!markup->fresh)
			return "a value must be the whole address of href= or src=";
		*ret_place = PLACE_URL;
	} else {
		*ret_place = PLACE_ATTRIBUTE;
	}
	markup->fresh = false;
	return NULL;
}

bool markup_same(const struct markup *a, const struct markup *b)
{
	return a->spot == b->spot && strcmp(a->raw, b->raw) == 0 &&
	       (a->spot != SPOT_VALUE || (a->quote == b->quote && strcmp(a->name, b->name) == 0));
}
