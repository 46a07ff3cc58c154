#include "feed.h"

#include <inttypes.h>

#include "base/fold.h"
#include "node.h"
#include "tender/cpv.h"

enum { REF_MAX = 200, NEAR = 120, LINKS_TRIED = 20 };

bool feed_recognise(const struct xml_node *root)
{
	if (str_eq(root->name, STR("feed")))
		return str_eq(root->ns, STR("http://www.w3.org/2005/Atom"));
	return str_eq(root->name, STR("rss")) ||
	       (str_eq(root->name, STR("RDF")) && xml_child(root, "item"));
}

static const struct xml_node *first_item(const struct xml_node *root)
{
	static const char *const paths[] = { "channel/item", "item", "entry" };

	for (size_t i = 0; i < LENGTH(paths); i++) {
		struct xml_walk walk = { 0 };
		const struct xml_node *item = xml_walk(&walk, root, paths[i]);

		if (item)
			return item;
	}
	return NULL;
}

/* An Atom text of type xhtml has elements inside. */
static struct str first_text(
	const struct xml_node *item, const char *const *names, size_t n, struct arena *arena)
{
	struct str text = STR_NONE;

	for (size_t i = 0; i < n && !str_given(text); i++) {
		const struct xml_node *node = xml_child(item, names[i]);

		text = notice_text_repair(xml_text_all(node, arena), arena);
	}
	return text;
}

/* days: RFC 822 in RSS, RFC 3339 elsewhere */

/* "Tue, 08 Sep 2026 07:30:00 +0200": the day as it is written. */
static day_t rfc822_day(struct str text)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	struct str rest = text, part, name;
	unsigned day, year;
	size_t comma = str_find_char(text, ',');

	if (comma != SIZE_MAX)
		rest = str_from(text, comma + 1);
	rest = str_trim(rest);
	if (!str_cut(&rest, ' ', &part) || !str_to_uint(part, 31, &day) ||
		!str_cut(&rest, ' ', &name) || name.len < 3 || !str_cut(&rest, ' ', &part) ||
		!str_to_uint(part, 9999, &year))
		return DAY_NONE;
	for (int month = 0; month < 12; month++)
		if (str_eq_nocase(str_sub(name, 0, 3), str_n(months + 3 * month, 3)))
			return day_from_civil(
				year < 100 ? 2000 + (int)year : (int)year, month + 1, (int)day);
	return DAY_NONE;
}

static day_t day_of(const struct xml_node *item, struct arena *arena)
{
	static const char *const names[] = { "pubDate", "published", "date", "updated" };

	for (size_t i = 0; i < LENGTH(names); i++) {
		struct str text = node_text(item, names[i], arena);
		day_t day = day_parse(str_sub(text, 0, 10));

		if (day == DAY_NONE && str_given(text))
			day = rfc822_day(text);
		if (day != DAY_NONE)
			return day;
	}
	return DAY_NONE;
}

/* what the text says */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static size_t digits_at(struct str text, size_t pos)
{
	size_t n = 0;

	while (pos + n < text.len && is_digit(text.ptr[pos + n]))
		n++;
	return n;
}

/* Numbers of eight digits behind each "CPV". */
static void read_cpv(struct str text, struct arena *arena, struct codes *cpv)
{
	size_t end = 0;

	for (size_t pos = 0; pos < text.len; pos++) {
		size_t n = digits_at(text, pos);

		if (str_eq_nocase(str_sub(text, pos, pos + 3), STR("CPV")))
			end = pos + NEAR;
		if (n == 8 && pos < end)
			codes_add(cpv, arena, cpv_parse(str_sub(text, pos, pos + 8), arena));
		if (n)
			pos += n - 1;
	}
}

/* A category of which RSS (domain) or Atom (scheme) says that it is one. */
static void read_cpv_categories(const struct xml_node *item, struct arena *arena, struct codes *cpv)
{
	const struct xml_node *category = xml_child(item, "category");

	for (; category; category = xml_next(category, "category")) {
		struct str list = xml_attr(category, "domain"), code = xml_attr(category, "term");

		if (!str_given(list))
			list = xml_attr(category, "scheme");
		if (str_given(list) && str_find(fold(arena, list).text, STR(" cpv ")) != SIZE_MAX)
			codes_add(cpv, arena, cpv_parse(str_given(code) ? code : category->text, arena));
	}
}

/* kind */

static const struct {
	const char *words;
	enum notice_kind kind;
	enum notice_kind stage;
} kinds[] = {
	{ " avis d attribution ", NOTICE_RESULT, NOTICE_RESULT },
	{ " attribution de marche ", NOTICE_RESULT, NOTICE_RESULT },
	{ " resultat de marche ", NOTICE_RESULT, NOTICE_RESULT },
	{ " avis de resultat ", NOTICE_RESULT, NOTICE_RESULT },
	{ " annulation ", NOTICE_CANCELLATION, NOTICE_COMPETITION },
	{ " avis d annulation ", NOTICE_CANCELLATION, NOTICE_COMPETITION },
	{ " rectificatif ", NOTICE_CHANGE, NOTICE_COMPETITION },
	{ " avis rectificatif ", NOTICE_CHANGE, NOTICE_COMPETITION },
	{ " avis de preinformation ", NOTICE_PLANNING, NOTICE_PLANNING },
	{ " preinformation ", NOTICE_PLANNING, NOTICE_PLANNING },
	{ " avis de pre information ", NOTICE_PLANNING, NOTICE_PLANNING },
	{ " intention de conclure ", NOTICE_DIRECT_AWARD, NOTICE_DIRECT_AWARD },
};

/* Anywhere in a category, at the start of a title: elsewhere it may be what is bought. */
static void read_kind(const struct xml_node *item, struct arena *arena, struct notice *n)
{
	struct str title = fold(arena, n->title).text;
	const struct xml_node *category = xml_child(item, "category");

	for (; category; category = xml_next(category, "category")) {
		struct str term = xml_attr(category, "term");
		struct str text = str_given(term) ? term : category->text;

		text = fold(arena, text).text;
		for (size_t i = 0; i < LENGTH(kinds); i++)
			if (str_find(text, str_of(kinds[i].words)) != SIZE_MAX) {
				n->kind = kinds[i].kind;
				n->stage = kinds[i].stage;
				return;
			}
	}
	for (size_t i = 0; i < LENGTH(kinds); i++)
		if (str_starts(title, kinds[i].words)) {
			n->kind = kinds[i].kind;
			n->stage = kinds[i].stage;
			return;
		}
}

/* item */

/* "https://host" of an address; STR_NONE of one that is not absolute. */
static struct str origin_of(struct str url)
{
	size_t colon = str_find(url, STR("://")), slash;

	if (colon == SIZE_MAX)
		return STR_NONE;
	slash = str_find_char(str_from(url, colon + 3), '/');
	return slash == SIZE_MAX ? url : str_sub(url, 0, colon + 3 + slash);
}

/* RFC 3986, 5.2, as far as feeds go: "/path", "path", "./path", "../path" below an absolute address. */
static struct str join_url(struct str base, struct str ref, struct arena *arena)
{
	struct str origin = origin_of(base), folder;
	size_t slash = str_rfind_char(base, '/');

	if (!str_given(origin) || !str_given(ref) || str_given(origin_of(ref)))
		return ref;
	if (str_starts(ref, "//"))
		return arena_printf(arena, "%.*s%.*s", (int)str_find_char(base, '/'), base.ptr,
			STR_ARG(ref));
	if (ref.ptr[0] == '/')
		return arena_printf(arena, "%.*s%.*s", STR_ARG(origin), STR_ARG(ref));
	folder = slash >= origin.len ? str_sub(base, 0, slash) : origin;
	for (;;) {
		if (str_prefix(&ref, "./"))
			continue;
		if (!str_prefix(&ref, "../"))
			break;
		slash = str_rfind_char(folder, '/');
		if (slash != SIZE_MAX && slash >= origin.len)
			folder = str_sub(folder, 0, slash);
	}
	return arena_printf(arena, "%.*s/%.*s", STR_ARG(folder), STR_ARG(ref));
}

/* The address that relative ones around that element are below (xml:base, of the elements around it, too). */
static struct str base_of(const struct xml_node *node, struct arena *arena)
{
	struct str base, own;

	if (!node)
		return STR_NONE;
	base = base_of(node->parent, arena); /* depth: XML_DEPTH_MAX */
	own = str_trim(xml_attr(node, "base"));
	return str_given(own) ? join_url(base, own, arena) : base;
}

/* RSS writes the address as text, Atom as @href of the link that is "alternate" or has no rel. */
static struct str link_of(const struct xml_node *item, struct arena *arena)
{
	const struct xml_node *link = xml_child(item, "link"), *guid = xml_child(item, "guid");

	for (int i = 0; link && i < LINKS_TRIED; i++, link = xml_next(link, "link")) {
		struct str rel = xml_attr(link, "rel"), href = xml_attr(link, "href");

		if (str_given(rel) && !str_eq(rel, STR("alternate")))
			continue;
		href = str_trim(str_given(href) ? href : node_own_text(link, arena));
		href = node_url(join_url(base_of(link, arena), href, arena), arena);
		if (str_given(href))
			return arena_dup(arena, href);
	}
	if (guid && !str_eq(xml_attr(guid, "isPermaLink"), STR("false")))
		return node_url(node_own_text(guid, arena), arena);
	return STR_NONE;
}

/* dc:creator; the name in Atom's author; in that of RSS, an address, the one in brackets: "a@b.org (Ville)". */
static struct str buyer_of(const struct xml_node *item, struct arena *arena)
{
	struct str name = node_text(item, "creator", arena), author = node_text(item, "author", arena);
	size_t open = str_find_char(author, '(');

	if (!str_given(name))
		name = node_text(item, "author/name", arena);
	if (str_given(name) || !str_given(author))
		return name;
	if (open != SIZE_MAX && str_ends(author, ")"))
		return notice_text_repair(str_sub(author, open + 1, author.len - 1), arena);
	return str_find_char(author, '@') == SIZE_MAX ? author : STR_NONE;
}

/* The identifier of the item, else its address; what is too long to be one, or missing, is hashed. */
static struct str ref_of(const struct xml_node *item, const struct notice *n, struct arena *arena)
{
	static const char *const names[] = { "guid", "id", "identifier" };
	struct str ref = first_text(item, names, LENGTH(names), arena), text;

	if (!str_given(ref))
		ref = str_trim(xml_attr(item, "about"));
	if (str_blank_none(ref))
		ref = n->url;
	if (str_given(ref) && ref.len <= REF_MAX && str_find_char(ref, '\n') == SIZE_MAX)
		return ref;
	text = str_given(ref) ? ref
			      : arena_printf(arena, "%.*s\n%.*s", STR_ARG(n->title),
					STR_ARG(n->description));
	return arena_printf(arena, "%016" PRIx64, str_hash(text));
}

int feed_read(const struct xml_node *root, struct str bytes, struct arena *arena,
	struct notice *ret, struct error *err)
{
	static const char *const titles[] = { "title" };
	static const char *const texts[] = { "encoded", "content", "description", "summary" };
	const struct xml_node *item = first_item(root);
	struct str language, whole;
	struct notice n;
	int r;

	(void)bytes;
	if (!item)
		return error_set(err, ERROR_INPUT, "the feed has no item");
	notice_init(&n);
	n.title = first_text(item, titles, LENGTH(titles), arena);
	n.description = first_text(item, texts, LENGTH(texts), arena);
	if (!str_given(n.title) && !str_given(n.description))
		return error_set(err, ERROR_INPUT, "the item has neither title nor text");
	n.url = link_of(item, arena);
	notice_set_id(&n, arena, STR("feed"), ref_of(item, &n, arena));
	n.published = day_of(item, arena);
	n.buyer.name = buyer_of(item, arena);
	language = str_trim(xml_attr(root, "lang"));
	if (language.len < 2)
		language = node_text(item, "language", arena);
	if (language.len >= 2)
		n.language = str_sub(language, 0, 2);
	read_kind(item, arena, &n);
	whole = arena_printf(arena, "%.*s\n%.*s", STR_ARG(n.title), STR_ARG(n.description));
	n.deadline = deadline_named(whole, arena);
	read_cpv(whole, arena, &n.cpv);
	read_cpv_categories(item, arena, &n.cpv);
	r = notice_finish(&n, arena, err);
	if (r < 0)
		return r;
	*ret = n;
	return 0;
}
