/*
 * APProch: purchases that the State and its bodies plan, dataset projets-dachats-publics of
 * data.economie.gouv.fr (FORMATS.md 8, DOMAIN 3.2). A record says what may be bought one day: it is a
 * planning notice. Its dates are intentions, so that there is neither a day of publication nor a
 * deadline; they stand in the description.
 */
#ifndef SOURCE_APPROCH_H
#define SOURCE_APPROCH_H

#include "base/arena.h"
#include "base/error.h"
#include "gate/json.h"
#include "tender/notice.h"

bool approch_is_record(const struct json_value *value);
int approch_read(struct str bytes, struct arena *arena, struct notice *ret, struct error *err)
	MUST_CHECK;

#endif
