/*
 * One struct, one convention, from base to app.
 *
 * A function that can fail returns int: 0 is done, a positive value is an expected outcome named in
 * its header, a negative one (-kind) is a failure which `err` tells in one line. `err` is the last
 * argument and never NULL. Only the direct caller handles outcomes; failures are passed up, each
 * level adding only what it alone knows (the file, the page, the item) with error_add().
 * A mistake of our own is an assert. Memory that cannot be had ends the program with one line.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include "base/macros.h"

enum error_kind {
	ERROR_NONE,
	ERROR_INPUT,  /* data from outside is wrong: a feed, a form, a rule file */
	ERROR_CONFIG, /* the operator's settings are wrong */
	ERROR_REMOTE, /* a server refused or stayed silent; later may work */
	ERROR_STORE,  /* the database refused */
	ERROR_SYSTEM, /* the operating system refused */
	ERROR_LIMIT,  /* a bound of ours was reached */
};

enum { ERROR_TEXT_MAX = 400 };

struct error {
	enum error_kind kind;
	char text[ERROR_TEXT_MAX]; /* one line for a person, no newline; cut with "..." when too long */
};

#define ERROR_INIT { ERROR_NONE, "" }

/*
 * Forgets what was told before and tells this. Control bytes become spaces, what is no UTF-8 question
 * marks. Returns -kind.
 */
int error_set(struct error *err, enum error_kind kind, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Like error_set(), with ": " and the text of errno value `code` appended. */
int error_errno(struct error *err, enum error_kind kind, int code, const char *fmt, ...)
	PRINTF_LIKE(4, 5);

/* Prepends "fmt: " to what was told; the kind stays. Returns -kind. */
int error_add(struct error *err, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Ready for the next item. */
void error_clear(struct error *err);

/* "input", "config", "remote", "store", "system", "limit": for logs and JSON. */
const char *error_kind_name(enum error_kind kind);

/* Ends the program with one line on standard error: memory is gone, or an invariant is. */
_Noreturn void die(const char *fmt, ...) PRINTF_LIKE(1, 2);

#endif
