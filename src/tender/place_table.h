/* The tables behind tender/place.h. */
#ifndef TENDER_PLACE_TABLE_H
#define TENDER_PLACE_TABLE_H

#include <stddef.h>

#include "base/macros.h"
#include "tender/place.h"

struct place_department {
	struct department department;
	const char *nuts_2013; /* NUTS 3 of the editions before 2018, "" when it is the same */
};
extern const struct place_department place_departments[];
extern const size_t place_n_departments;

struct place_region {
	const char *nuts;
	const char *name;
};
extern const struct place_region place_regions[];
extern const size_t place_n_regions;

#endif
