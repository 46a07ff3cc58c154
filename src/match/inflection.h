/*
 * What the inflected forms of a French word have in common: number and gender, nothing more. Stems in the
 * sense of Snowball take "communication" and "commune", "data" and "date", "paille" and "paillasse" for
 * one; whoever asked for one of them does not want to read of the other. So it is with "port" and "porte", "implants" and
 * "implantés", "travail" and the "travaux" of a purchase.
 */
#ifndef INFLECTION_H
#define INFLECTION_H

#include "base/arena.h"
#include "base/str.h"

/*
 * The base of a folded word: "logiciels", "logiciel" give "logiciel"; "régionaux", "régionale" "regional";
 * "numérisée", "numérisés" "numeris". Good for comparing with each other only. Of words of three letters
 * only the plural is another form: "sol" and "sols" give "sol=". A view into the word, or in `arena`.
 */
struct str inflection_base(struct str word, struct arena *arena);

#endif
