/*
 * Places: French departments, regions and NUTS codes (DOMAIN 4.7). The table ships with the
 * programme: it changes once in ten years.
 */
#ifndef TENDER_PLACE_H
#define TENDER_PLACE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/str.h"

struct department {
	const char *code; /* "48", "2A", "974" */
	const char *name; /* "Lozère" */
	const char *nuts; /* NUTS 3, 2021 and 2024 alike; "" for collectivities without one */
	const char *region; /* NUTS of the region: "FRJ" */
};

const struct department *department_find(struct str code); /* "2" finds 02; NULL when unknown */
const struct department *department_of_nuts(struct str nuts); /* NUTS 3 only; old 2013 codes too */
const struct department *department_of_postcode(struct str postcode); /* 20xxx: 2A below 20200 */
/* By its code ("48") or its name, both folded (fold_text): "val de marne"; NULL when unknown. */
const struct department *department_named(struct str folded, struct arena *arena);
const char *region_name(struct str nuts); /* "FRJ" gives "Occitanie"; NULL when unknown */

/* "48", "2a", "FRJ14", "frj", "FR": canonical form in `arena`; STR_NONE for what is no place. */
struct str place_parse(struct str text, struct arena *arena);

/* The same as people write it: by name, too, "Lozère", "val de marne", "Occitanie", "France". */
struct str place_named(struct str text, struct arena *arena);

/* "Lozère (48)", "Occitanie", "France"; the code itself when unknown. */
struct str place_label(struct str place, struct arena *arena);

/*
 * Does a wanted place (FR, FRJ, FRJ14, 48) meet a stated one? A wide one meets every one inside it,
 * in both directions. 48 and FRJ14 are the same.
 */
bool place_meets(struct str wanted, struct str stated);

#endif
