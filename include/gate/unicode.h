/*
 * ICU: normal forms, time zones, dates in words. Safe from several threads.
 */
#ifndef GATE_UNICODE_H
#define GATE_UNICODE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"
#include "base/str.h"

/* NFC copy in `arena`; the same view when it already is. `s` must be valid UTF-8. */
struct str unicode_nfc(struct str s, struct arena *arena);

/* IANA zone known? "Europe/Paris" yes, "CET+1" no. */
bool unicode_zone_known(struct str zone);

/* Seconds east of UTC at that instant. The zone must be known (checked when a profile enters). */
int unicode_zone_offset(struct str zone, int64_t at);

/*
 * Civil time in a zone to UTC. In a DST gap: the first valid minute after. In an overlap: the first
 * of the two.
 */
int64_t unicode_zone_to_utc(struct str zone, const struct civil *local);

/* What a date is to be shown as; language "en", or any other for French. */
enum unicode_date {
	UNICODE_DAY,      /* 30 mars 2026 · 30 March 2026 */
	UNICODE_WEEKDAY,  /* lundi 30 mars 2026 · Monday 30 March 2026 */
	UNICODE_MOMENT,   /* lundi 30 mars 2026 à 12:00 · Monday 30 March 2026 at 12:00 */
};
struct str unicode_date(enum unicode_date style, const char *language, struct str zone, int64_t at,
	struct arena *arena);

#endif
