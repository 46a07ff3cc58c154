/*
 * The object of a purchase: what the title of a notice or lot names first, once the words of every
 * purchase are passed over. "Marché de fourniture de titres-restaurant pour les agents": meal vouchers;
 * "Nettoyage du centre aquatique": cleaning, the pool is where it is done. A title may have parts, each
 * with its own object: "Ville de Brest - Entretien des espaces verts".
 */
#ifndef MATCH_OBJECT_H
#define MATCH_OBJECT_H

#include <stdbool.h>

#include "base/str.h"

/* May this folded word of that rarity stand before the object? */
bool object_behind(struct str word, int rarity);

/* Does what stands between two words of a title, as it was written, part one part from the next? */
bool object_parted(struct str between);

#endif
