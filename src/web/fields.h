/* Fields of forms as members of a profile, and back. */
#ifndef WEB_FIELDS_H
#define WEB_FIELDS_H

#include "visit.h"

/* "one\ntwo, three" as a list: parted by line ends, commas and semicolons. */
struct codes field_list(struct str text, struct arena *arena);
/* One a line. */
struct str field_lines(const struct codes *codes, struct arena *arena);

/*
 * What the preferences change, when the form has it. ERROR_INPUT in the reader's language when a value is
 * none; all is taken then, too, for the form to show.
 */
int fields_take(const struct visit *v, struct profile *profile, struct error *err) MUST_CHECK;
/*
 * profile_check() for what people type: what is wrong is said in the reader's language and as the forms
 * name it, and places may be names ("Lozère", "Occitanie"), which become codes.
 */
int fields_check(const struct visit *v, struct profile *profile, struct error *err) MUST_CHECK;
/* The same members for the form; one that was refused shows what was typed. */
void fields_show(const struct visit *v, const struct profile *profile, struct value *values);
/* `flood`, `flood_without` and `flood_left`, in whole purchases a week; none of them where it is no flood. */
void fields_show_flood(const struct visit *v, const struct web_flood *flood, struct value *values);

/* The sentence in the reader's language. */
const char *say(const struct visit *v, const char *french, const char *english)
	__attribute__((format_arg(2), format_arg(3)));

#endif
