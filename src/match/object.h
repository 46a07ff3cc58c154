/*
 * The object of a purchase: what the title of a notice or lot names first, once the words of every
 * purchase are passed over. "Marché de fourniture de titres-restaurant pour les agents": meal vouchers;
 * "Nettoyage du centre aquatique": cleaning, the pool is where it is done. A title may have parts, each
 * with its own object: "Ville de Brest - Entretien des espaces verts".
 *
 * Words that are not the object stand beside it, "charpente, couverture et métallerie", or are governed by
 * another word that is bought itself: "étiquettes pour les vêtements de travail", "plateforme de broyage
 * des végétaux". What is governed is more often than not what something else is bought for.
 */
#ifndef MATCH_OBJECT_H
#define MATCH_OBJECT_H

#include <stdbool.h>

#include "base/str.h"

/* May this folded word of that rarity stand before the object? */
bool object_behind(struct str word, int rarity);
/* Does it govern what follows? Words that do neither are passed over. */
bool object_governs(struct str word, int rarity);
/* Does it put what stands before and behind it side by side? */
bool object_joins(struct str word);

/* Does what stands between two words of a title, as it was written, part one part from the next? */
bool object_parted(struct str between);
/* Does it put them side by side? */
bool object_listed(struct str between);

#endif
