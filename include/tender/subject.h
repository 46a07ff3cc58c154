/*
 * What DILA's subject words (BOAMP "descripteurs", a closed list of some 375 labels) are about, told in CPV
 * divisions: BOAMP's own forms and the summaries of its API give subjects where other notices give codes.
 * "Blanchissage" is what is filed under 98, "Electricité (travaux)" under 31 or 45. The divisions are those
 * under which the goods and services that the label names stand in Regulation (EC) 213/2008, where they may
 * be several, all of them.
 */
#ifndef TENDER_SUBJECT_H
#define TENDER_SUBJECT_H

#include "tender/notice.h"

enum { SUBJECT_MAX = 80 }; /* bytes of a label that are looked at: the longest has 56 */

/*
 * The divisions of all these labels, two digits each, in `arena`. Of a label that is
 * unknown, or that any purchase may bear ("Etude", "Maintenance", "Prestations de services"), there are none.
 */
struct codes subject_divisions(const struct codes *labels, struct arena *arena);

/*
 * Is one of these labels a word that other trades have for something else? Under "Télésurveillance" are filed guards of
 * buildings, not of patients; under "Edition" printers, not makers of software.
 */
bool subject_homonym(const struct codes *labels, struct arena *arena);

#endif
