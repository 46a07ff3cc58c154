/* CSV of RFC 4180 with ';' between the fields: just what the portal's exports need. */
#ifndef SOURCE_CSV_H
#define SOURCE_CSV_H

#include "base/arena.h"
#include "base/str.h"
#include "tender/notice.h"

enum { CSV_FIELDS_MAX = 200 };

/*
 * Cuts the first record off *rest, the line end excluded; quoted fields may hold line ends. False at
 * the end. A quote counts at the beginning of a field only, and closes it before a separator or a line
 * end; other quotes are text, unless a field that began with one would run over line ends to one of them:
 * then *ret_closed is false and the record is the first line alone, so that one lost quote costs no
 * other row.
 */
bool csv_next_record(struct str *rest, char separator, struct str *ret, bool *ret_closed);

/* The fields of one record, unquoted, in `arena`; 0 when there are more than CSV_FIELDS_MAX. */
size_t csv_fields(struct str record, struct arena *arena, struct str fields[CSV_FIELDS_MAX]);

/*
 * A list as Python prints it: ['75', "Maîtrise d'oeuvre"]. Text that is no list is its only element;
 * blank is empty.
 */
void csv_python_list(struct str text, struct arena *arena, struct codes *ret);

#endif
