/* export: notices as a table for spreadsheets (RFC 4180), or as an OCDS 1.1 release package */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "store/notice.h"

struct exporting {
	struct app *app;
	bool ocds;
	size_t n;
	struct arena arena; /* of the notice at hand */
};

/* CSV */

/*
 * In quotes; control characters are blanks. A text that a spreadsheet would take for a formula has an
 * apostrophe before it: what a notice says is never computed.
 */
static void put_cell(struct str text, bool last)
{
	putchar('"');
	if (text.len > 0 && memchr("=+-@\t\r", text.ptr[0], 6) != NULL)
		putchar('\'');
	for (size_t i = 0; i < text.len; i++) {
		unsigned char c = (unsigned char)text.ptr[i];

		if (c == '"')
			putchar('"');
		putchar(c < 0x20 || c == 0x7f ? ' ' : c);
	}
	fputs(last ? "\"\r\n" : "\",", stdout);
}

static struct str codes_text(const struct codes *codes, struct arena *arena)
{
	struct str list = STR("");

	for (size_t i = 0; i < codes->n; i++)
		list = arena_printf(arena, "%.*s%s%.*s", STR_ARG(list), i > 0 ? " " : "",
			STR_ARG(codes->at[i]));
	return list;
}

static const char *const columns[] = { "id", "dossier", "kind", "title", "buyer", "buyer_id", "city",
	"department", "nature", "procedure", "cpv", "places", "published", "deadline", "amount", "currency",
	"lots", "url", "documents_url" };

static void put_row(struct exporting *x, const struct notice *n)
{
	char amount[MONEY_FORMAT_MAX] = "";
	bool priced = n->value.cents != MONEY_NONE;
	const struct str cells[LENGTH(columns)] = {
		n->id, n->dossier, str_of(notice_kind_name(n->kind)), n->title, n->buyer.name, n->buyer.id,
		n->buyer.city, n->buyer.department,
		n->nature != NATURE_NONE ? str_of(notice_nature_name(n->nature)) : STR_NONE, n->procedure,
		codes_text(&n->cpv, &x->arena), codes_text(&n->places, &x->arena),
		day_text(x->app, n->published), moment(x->app, n->deadline.at),
		priced ? str_of(money_format(n->value, amount)) : STR_NONE,
		priced ? str_of(n->value.currency) : STR_NONE,
		n->n_lots > 0 ? arena_printf(&x->arena, "%zu", n->n_lots) : STR_NONE,
		n->url, n->documents_url,
	};

	for (size_t i = 0; i < LENGTH(columns); i++)
		put_cell(cells[i], i + 1 == LENGTH(columns));
}

/* OCDS */

/* Code list releaseTag; a need that is only registered is planning. */
static const char *tag_of(enum notice_kind kind)
{
	switch (kind) {
	case NOTICE_COMPETITION:
		return "tender";
	case NOTICE_DIRECT_AWARD:
	case NOTICE_RESULT:
		return "award";
	case NOTICE_CHANGE:
		return "tenderUpdate";
	case NOTICE_CANCELLATION:
		return "tenderCancellation";
	default:
		return "planning";
	}
}

static struct str category_of(enum notice_nature nature)
{
	return nature == NATURE_SUPPLIES ? STR("goods")
	       : nature == NATURE_NONE   ? STR_NONE
					 : str_of(notice_nature_name(nature));
}

/* What is not said is left out: OCDS has no null for it. */
static void add_text(struct json_writer *w, const char *key, struct str text)
{
	if (!str_blank_none(text))
		json_add_str(w, key, text);
}

static void add_value(struct json_writer *w, struct money value)
{
	char amount[MONEY_FORMAT_MAX];

	if (value.cents == MONEY_NONE)
		return;
	json_key(w, "value");
	json_open_object(w);
	json_key(w, "amount");
	json_put_raw(w, str_of(money_format(value, amount)));
	add_text(w, "currency", str_of(value.currency));
	json_close_object(w);
}

static void add_parties(struct json_writer *w, const struct notice *n)
{
	struct str id = str_given(n->buyer.id) ? n->buyer.id : STR("buyer");

	if (str_blank_none(n->buyer.name))
		return;
	json_key(w, "parties");
	json_open_array(w);
	json_open_object(w);
	json_add_str(w, "id", id);
	json_add_str(w, "name", n->buyer.name);
	json_key(w, "roles");
	json_open_array(w);
	json_put_str(w, STR("buyer"));
	json_close_array(w);
	json_key(w, "address");
	json_open_object(w);
	add_text(w, "locality", n->buyer.city);
	add_text(w, "region", n->buyer.department);
	add_text(w, "countryName", n->buyer.country);
	json_close_object(w);
	json_close_object(w);
	json_close_array(w);
	json_key(w, "buyer");
	json_open_object(w);
	json_add_str(w, "id", id);
	json_add_str(w, "name", n->buyer.name);
	json_close_object(w);
}

static void add_items(struct exporting *x, struct json_writer *w, const struct notice *n)
{
	if (n->cpv.n == 0)
		return;
	json_key(w, "items");
	json_open_array(w);
	for (size_t i = 0; i < n->cpv.n; i++) {
		json_open_object(w);
		json_add_str(w, "id", arena_printf(&x->arena, "%zu", i + 1));
		json_key(w, "classification");
		json_open_object(w);
		json_add_str(w, "scheme", STR("CPV"));
		json_add_str(w, "id", n->cpv.at[i]);
		json_close_object(w);
		json_close_object(w);
	}
	json_close_array(w);
}

static void add_lots(struct exporting *x, struct json_writer *w, const struct notice *n)
{
	if (n->n_lots == 0)
		return;
	json_key(w, "lots");
	json_open_array(w);
	for (size_t i = 0; i < n->n_lots; i++) {
		const struct lot *lot = &n->lots[i];

		json_open_object(w);
		json_add_str(w, "id", str_given(lot->id) ? lot->id : arena_printf(&x->arena, "%zu", i + 1));
		add_text(w, "title", lot->title);
		add_text(w, "description", lot->description);
		add_value(w, lot->value);
		json_close_object(w);
	}
	json_close_array(w);
}

static void add_tender(struct exporting *x, struct json_writer *w, const struct notice *n)
{
	json_key(w, "tender");
	json_open_object(w);
	json_add_str(w, "id", n->ref);
	add_text(w, "title", n->title);
	add_text(w, "description", n->description);
	add_text(w, "mainProcurementCategory", category_of(n->nature));
	add_text(w, "procurementMethodDetails", n->procedure);
	add_value(w, n->value);
	if (n->deadline.at != TIME_NONE) {
		json_key(w, "tenderPeriod");
		json_open_object(w);
		json_add_str(w, "endDate", moment(x->app, n->deadline.at));
		json_close_object(w);
	}
	add_items(x, w, n);
	add_lots(x, w, n);
	if (str_given(n->documents_url)) {
		json_key(w, "documents");
		json_open_array(w);
		json_open_object(w);
		json_add_str(w, "id", STR("1"));
		json_add_str(w, "url", n->documents_url);
		json_close_object(w);
		json_close_array(w);
	}
	json_close_object(w);
}

static void put_release(struct exporting *x, const struct notice *n)
{
	struct json_writer *w = out_json(x->app);

	json_open_object(w);
	json_add_str(w, "ocid", n->dossier);
	json_add_str(w, "id", arena_printf(&x->arena, "%.*s-%d", STR_ARG(n->id), n->version));
	json_add_str(w, "date", n->published == DAY_NONE ? moment(x->app, x->app->now)
		: arena_printf(&x->arena, "%.*sT00:00:00Z", STR_ARG(day_text(x->app, n->published))));
	json_key(w, "tag");
	json_open_array(w);
	json_put_str(w, str_of(tag_of(n->kind)));
	json_close_array(w);
	json_add_str(w, "initiationType", STR("tender"));
	add_text(w, "language", n->language);
	add_parties(w, n);
	add_tender(x, w, n);
	json_close_object(w);
	out_json_put(x->app);
}

static int put_notice(void *data, const struct notice *notice, int64_t seq UNUSED, struct error *err UNUSED)
{
	struct exporting *x = data;

	arena_reset(&x->arena);
	if (!x->ocds) {
		put_row(x, notice);
	} else {
		fputs(x->app->json ? "" : x->n > 0 ? ",\n" : "\n", stdout);
		put_release(x, notice);
		fputs(x->app->json ? "\n" : "", stdout);
	}
	x->n++;
	return 0;
}

static void open_package(struct app *app)
{
	struct str publisher = conf_text(&app->conf, "instance", "name");

	printf("{\"uri\":\"urn:appariteur:export\",\"version\":\"1.1\",\"publishedDate\":\"%.*s\","
	       "\"publisher\":{\"name\":",
		STR_ARG(moment(app, app->now)));
	json_put_str(out_json(app), str_blank_none(publisher) ? STR("Appariteur") : publisher);
	out_json_put(app);
	fputs("},\"releases\":[", stdout);
}

int cmd_export(struct app *app, struct error *err)
{
	struct str format = app_text(app, "format");
	struct exporting x = { .app = app, .ocds = app->json || str_eqz(format, "ocds") };
	struct notice_filter filter;
	int r = notice_filter_of(app, &filter, err);

	if (r < 0)
		return r;
	if (app->json && str_eqz(format, "csv"))
		return bad_usage(app,
			error_set(err, ERROR_CONFIG, "--json is one OCDS release a line; it is no CSV"));
	if (!x.ocds)
		for (size_t i = 0; i < LENGTH(columns); i++)
			put_cell(str_of(columns[i]), i + 1 == LENGTH(columns));
	else if (!app->json)
		open_package(app);
	r = store_notice_each(app->db, &filter, put_notice, &x, err);
	if (r >= 0 && x.ocds && !app->json)
		fputs("\n]}\n", stdout);
	arena_done(&x.arena);
	return r;
}
