/*
 * What the fuzz targets share. A target is one file with LLVMFuzzerTestOneInput: libFuzzer calls it with
 * what it makes up, replay.c with the files of a corpus. It returns 0; what it must never do is crash,
 * run long, or give something that is not what the header promises, for which it aborts.
 */
#ifndef TESTS_FUZZ_H
#define TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Kept in every build, where assert() may be gone. */
#define PROMISED(CONDITION)                                                                        \
	do {                                                                                       \
		if (!(CONDITION)) {                                                                \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #CONDITION);    \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* A refusal has a kind, and one line for a person. */
static inline void fuzz_refused(int r, const struct error *err)
{
	PROMISED(r == -(int)err->kind && err->kind != ERROR_NONE);
	PROMISED(err->text[0] != '\0' && str_find_char(str_of(err->text), '\n') == SIZE_MAX);
	PROMISED(str_utf8_valid(str_of(err->text)));
}

#endif
