/*
 * What a keyword is to its profile, by the profile's own description. "Arrosage automatique piloté par
 * sondes, gestion de l'eau des espaces verts": watering is the trade, green spaces are where it is done.
 * Purchases of green spaces are mostly not for this firm, whatever its keywords say.
 */
#ifndef MATCH_SETTING_H
#define MATCH_SETTING_H

#include "terms.h"

/* The words of a profile's name and description, in `arena`. */
struct stated;
struct stated *stated_new(const struct lexicon *lexicon, const struct profile *profile, struct arena *arena);

/*
 * Has the description this keyword only as where, for whom or on what the firm works? What stands in the
 * profile's name is its trade; what the description does not have may be.
 */
bool stated_as_setting(const struct stated *stated, struct str keyword);
/* The same of what begins at this byte of the description. */
bool stated_as_setting_at(const struct stated *stated, size_t start);

#endif
