/* CSV of RFC 4180 with ';' between the fields: just what the portal's exports need. */
#ifndef SOURCE_CSV_H
#define SOURCE_CSV_H

#include "base/arena.h"
#include "base/str.h"
#include "tender/notice.h"

enum { CSV_FIELDS_MAX = 200 };

/*
 * Cuts the first record off *rest, the line end excluded; quoted fields may hold line ends. False at
 * the end. *ret_closed: false when a quote is still open where the text ends.
 */
bool csv_next_record(struct str *rest, struct str *ret, bool *ret_closed);

/* The fields of one record, unquoted, in `arena`; 0 when there are more than CSV_FIELDS_MAX. */
size_t csv_fields(struct str record, struct arena *arena, struct str fields[CSV_FIELDS_MAX]);

/*
 * A list as Python prints it: ['75', "Maîtrise d'oeuvre"]. Text that is no list is its only element;
 * blank is empty.
 */
void csv_python_list(struct str text, struct arena *arena, struct codes *ret);

#endif
