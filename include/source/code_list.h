/*
 * Code lists as their publishers give them: a word for each code, in one or many languages. Three forms,
 * recognised by content:
 *
 *   - Genericode (.gc, OASIS): the eForms code lists, one column a language;
 *   - Java properties in XML: the labels of the eForms SDK, keys "code|name|LIST.CODE". Their document
 *     type names a file and declares nothing; exactly that declaration is passed over here, every other one
 *     is refused as everywhere;
 *   - CSV with a header: code in the first column that is called so, else the first, label in the next;
 *     "," or ";" between them.
 *
 * What a label is good for is to be shown: the programme works without any. Check digits of CPV codes
 * are dropped, never looked at.
 */
#ifndef SOURCE_CODE_LIST_H
#define SOURCE_CODE_LIST_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

struct code_label {
	struct str list;     /* "cpv", "nuts", "notice-type" */
	struct str code;
	struct str language; /* ISO 639-1; "" when the file does not say */
	struct str label;
};
struct code_labels {
	struct code_label *at;
	size_t n, capacity;
};

/*
 * `list` and `language` stand in where the file does not say them; `list` is needed for CSV.
 * ERROR_INPUT: no such file, or not a single label in it.
 */
int code_list_read(struct str bytes, struct str list, struct str language, struct arena *arena,
	struct code_labels *ret, struct error *err) MUST_CHECK;

#endif
