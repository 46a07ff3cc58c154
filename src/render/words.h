/* Numbers and codes of the trade in the reader's language. Whole sentences stand in the templates. */
#ifndef RENDER_WORDS_H
#define RENDER_WORDS_H

#include "base/arena.h"
#include "base/money.h"
#include "match/receipt.h"
#include "tender/notice.h"

enum language { FRENCH, ENGLISH };

enum language language_of(struct str code); /* "en", else French */
const char *language_code(enum language language);

/* "12 480" with narrow no-break spaces, "12,480" */
struct str words_number(enum language language, int64_t n, struct arena *arena);

/* "14,5", "−3" with a real minus sign */
struct str words_points(enum language language, points_t points, struct arena *arena);

/* Does that number take a plural? French: from 2 on; English: all but 1. */
bool words_plural(enum language language, int64_t n);
bool words_plural_points(enum language language, points_t points);

/* "120 000 €", "€120,000", "120 000 CHF"; cents only when there are some; STR_NONE when not said */
struct str words_money(enum language language, struct money money, struct arena *arena);

/* "estimé", "plafond"; NULL for VALUE_NONE */
const char *words_value_kind(enum language language, enum value_kind kind);

/* "appel à concurrence rectifié, procédure ouverte, services, adapté aux PME" */
struct str words_notice(enum language language, const struct notice *notice, struct arena *arena);

/* "montant", "lot ajouté", "nouvelle adresse des documents": a field of a difference (tender/dossier.h) */
const char *words_change(enum language language, const char *field, bool added, bool removed);

/* "dans le titre"; "" for a CPV code, which stands in no text */
const char *words_field(enum language language, struct str field);

#endif
