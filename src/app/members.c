#include "app.h"
#include "commands.h"
#include "tender/notice.h"

static struct str joined(struct app *app, const struct codes *codes)
{
	struct str list = STR("");

	for (size_t i = 0; i < codes->n; i++)
		list = arena_printf(&app->arena, "%.*s%s%.*s", STR_ARG(list), i > 0 ? ", " : "",
			STR_ARG(codes->at[i]));
	return list.len > 0 ? list : STR("none");
}

void app_take_text(struct app *app, const char *name, struct str *ret)
{
	struct str text = app_text(app, name);

	if (str_given(text))
		*ret = text.len > 0 ? text : STR_NONE;
}

void app_take_list(struct app *app, const char *name, struct codes *ret)
{
	struct codes list = { NULL, 0, 0 };
	size_t at = 0;
	struct str text;

	if (!app_flag(app, name))
		return;
	while (str_given(text = app_each(app, name, &at)))
		if (text.len > 0)
			codes_add(&list, &app->arena, text);
	if (ret->n > 0 && !str_eq(joined(app, ret), joined(app, &list)))
		/* a list that was there is not lost without a word */
		note(app, "--%s replaces: %.*s", name, STR_ARG(joined(app, ret)));
	*ret = list;
}

int app_change_list(struct app *app, const char *name, struct codes *ret, struct error *err)
{
	const char *add = arena_printf(&app->arena, "add-%s", name).ptr;
	const char *remove = arena_printf(&app->arena, "remove-%s", name).ptr;
	struct codes list = { NULL, 0, 0 };
	size_t at = 0;
	struct str text;

	while (str_given(text = app_each(app, remove, &at)))
		if (!codes_has(ret, text))
			return error_set(err, ERROR_INPUT, "--%s: there is no \"%.*s\", but: %.*s", remove,
				STR_ARG(text), STR_ARG(joined(app, ret)));
	for (size_t i = 0; i < ret->n; i++) {
		bool gone = false;

		for (at = 0; str_given(text = app_each(app, remove, &at)) && !gone;)
			gone = str_eq(text, ret->at[i]);
		if (!gone)
			codes_add(&list, &app->arena, ret->at[i]);
	}
	for (at = 0; str_given(text = app_each(app, add, &at));)
		if (text.len > 0)
			codes_add(&list, &app->arena, text);
	*ret = list;
	return 0;
}
