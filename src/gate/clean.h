/* Bytes that should be UTF-8, and were written by somebody else. */
#ifndef GATE_CLEAN_H
#define GATE_CLEAN_H

#include "base/arena.h"
#include "base/str.h"

/* A copy; each byte that belongs to no character becomes U+FFFD. STR_NONE stays STR_NONE. */
struct str clean_utf8(struct str s, struct arena *arena);

#endif
