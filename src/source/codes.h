/* Code lists that notices use and we translate: languages and countries. */
#ifndef SOURCE_CODES_H
#define SOURCE_CODES_H

#include "base/str.h"

/* ISO 639-3 "FRA" to ISO 639-1 "fr"; STR_NONE for a language no notice is written in. */
struct str language_alpha2(struct str alpha3);

/* ISO 3166-1 "FRA" to "FR" (two letters stay); STR_NONE when unknown. */
struct str country_alpha2(struct str alpha3);

#endif
