/*
 * OCDS 1.1, the Open Contracting Data Standard: releases and records (JSON), as other countries
 * publish their purchases. A release is one publication about a contracting process (ocid), its tag
 * says of what kind; a record joins those of one process, its compiledRelease tells how it stands.
 */
#ifndef SOURCE_OCDS_H
#define SOURCE_OCDS_H

#include "base/arena.h"
#include "base/error.h"
#include "gate/json.h"
#include "tender/notice.h"

/* A release or a record: an object with an ocid, and something of a process. */
bool ocds_is_record(const struct json_value *value);
/* ERROR_INPUT: a record that only links to its releases. */
int ocds_read(struct str bytes, struct arena *arena, struct notice *ret, struct error *err)
	MUST_CHECK;

/* What the files of this reader share. */

/* A text by its path, repaired; a number as it is written. STR_NONE: none. */
struct str ocds_text(const struct json_value *value, const char *path, struct arena *arena);
/* Is the code at that path this word? */
bool ocds_said(const struct json_value *value, const char *path, const char *word);
/* The first of a list whose member `key` is that id; `steps` grows by the values looked at. */
const struct json_value *ocds_with_id(const struct json_value *list, const char *key,
	struct str id, size_t *steps, struct arena *arena);

/* Who buys: the buyer, else the procuring entity. */
void ocds_buyer(const struct json_value *release, struct arena *arena, struct party *buyer);
/* Of the suppliers of an award, one. */
void ocds_supplier(const struct json_value *release, const struct json_value *supplier,
	size_t *steps, struct arena *arena, struct winner *ret);

/* False when it is missing, not above zero, or of no currency. */
bool ocds_amount(const struct json_value *value, struct arena *arena, struct money *ret);
void ocds_period(const struct json_value *period, struct arena *arena, struct term *ret);
/* What was spent in all, of a result; else the estimate, else the planned budget. */
void ocds_value(const struct json_value *release, struct arena *arena, struct notice *n);
/* Awards with the contract that each led to; the term of the notice, where nothing gave it yet. */
void ocds_awards(const struct json_value *release, struct arena *arena, struct notice *n);

#endif
