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

#endif
