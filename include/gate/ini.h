/* INI files with sections (inih): each setting is given to a callback with its line. */
#ifndef GATE_INI_H
#define GATE_INI_H

#include "base/error.h"
#include "base/str.h"

enum { INI_FILE_MAX = 1 << 20 };

/*
 * `text` is the file's content, `name` its name for messages. The callback returns 0 or a failure,
 * which stops the reading. ERROR_CONFIG "NAME:LINE: …" for a line that is none, is not UTF-8 or is
 * longer than 4096 bytes. A comment (# or ;) has a line of its own; a value ends with its line.
 */
int ini_read(struct str text, const char *name,
	int (*setting)(void *data, const char *section, const char *key, struct str value, int line,
		struct error *err),
	void *data, struct error *err) MUST_CHECK;

#endif
