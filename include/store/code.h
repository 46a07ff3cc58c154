/* Words for codes, as `codes import` brought them. All that is shown works without them. */
#ifndef STORE_CODE_H
#define STORE_CODE_H

#include "store/store.h"

/* STORE_NEW, STORE_UPDATED (another word) or STORE_UNCHANGED. `language` "": not said. */
int store_code_put(struct db *db, struct str list, struct str code, struct str language,
	struct str label, struct error *err) MUST_CHECK;
/* In this language, else in English, else in any. 0 or STORE_NONE */
int store_code_find(struct db *db, struct str list, struct str code, struct str language,
	struct arena *arena, struct str *ret, struct error *err) MUST_CHECK;

struct code_count {
	struct str list, language;
	int64_t codes;
};
int store_code_counts(struct db *db, struct arena *arena, struct code_count **ret, size_t *ret_n,
	struct error *err) MUST_CHECK;

#endif
