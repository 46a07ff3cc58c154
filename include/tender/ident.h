/* SIREN and SIRET (DOMAIN 4.5). */
#ifndef TENDER_IDENT_H
#define TENDER_IDENT_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/str.h"

/* Digits only: Luhn, and the digit-sum rule of La Poste (SIREN 356000000). */
bool siren_valid(struct str digits);
bool siret_valid(struct str digits);

/*
 * A legal identifier as notices spell it: blanks, dots, NBSP and a leading "SIRET :" or "N° SIREN" are dropped when
 * what is left is a valid SIRET or SIREN; otherwise the text itself, trimmed. STR_NONE for blank.
 */
struct str ident_clean(struct str text, struct arena *arena);

/*
 * The SIREN of an identifier as ident_clean() gives it: of a SIREN, a SIRET, or a French VAT number whose
 * key is right ("FR 40 303 265 045": key = (12 + 3 x SIREN) mod 97). STR_NONE for anything else.
 */
struct str ident_siren(struct str id, struct arena *arena);

#endif
