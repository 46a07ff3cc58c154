/* The libraries that this programme runs with, for `doctor`: bugs are often theirs. */
#ifndef GATE_VERSIONS_H
#define GATE_VERSIONS_H

#include <stdbool.h>
#include <stddef.h>

struct library_version {
	const char *name;
	const char *version; /* of the library that is loaded, not of its headers */
};

/* All of them; the array and its texts are static. */
const struct library_version *library_versions(size_t *ret_n);

/*
 * SQLite with the WAL-reset race: from 3.7.0 to 3.51.2, save 3.44.6 and 3.50.7 (RELIABILITY 3.4). Our
 * write gate removes its precondition, as long as no other programme writes to the database.
 */
bool sqlite_has_wal_race(void);

#endif
