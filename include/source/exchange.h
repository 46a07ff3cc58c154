/*
 * The JSON shapes of PRODUCT.md, which are held fixed: profiles and requirements in and out, notices
 * out. Keys are stable and always present; what is not said is null or [].
 */
#ifndef SOURCE_EXCHANGE_H
#define SOURCE_EXCHANGE_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "gate/json.h"
#include "tender/notice.h"
#include "tender/profile.h"
#include "tender/requirement.h"

/* One element of the array of `profile import`: read and checked. Unknown members are an error. */
int profile_from_json(const struct json_value *value, struct arena *arena, struct profile *ret,
	struct error *err) MUST_CHECK;
void profile_to_json(const struct profile *profile, struct json_writer *w);

/*
 * {"id","title","description","buyer":{"name","id","city","department"},"email","nature","cpv",
 *  "places","value":{"amount","currency"},"deadline","lots":[{"id","title","description"}]}.
 * Required: id, title, description, buyer.name.
 */
int requirement_from_json(const struct json_value *value, day_t today, struct arena *arena,
	struct requirement *ret, struct error *err) MUST_CHECK;

/* `notice show --json`. `full` adds what that shape has no place for, under "more". */
void notice_to_json(const struct notice *notice, bool full, struct json_writer *w);

#endif
