/*
 * The bytes below an archive: read from a file descriptor, freed of one gzip layer. Apart from
 * libarchive, which took a wrong gzip checksum for good (RELIABILITY X6).
 */
#ifndef GATE_ARCHIVE_INPUT_H
#define GATE_ARCHIVE_INPUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

struct input;

int input_open(int fd, struct input **ret, struct error *err) MUST_CHECK;
void *input_close(struct input *input);
DEFINE_CLEANUP(input, input_close);

/* The first bytes, at least 512 when there are as many; input_next() gives them again. */
struct str input_head(const struct input *input);

/* The next piece, valid until the next call; empty at the end, which is where gzip says it is. */
int input_next(struct input *input, struct str *ret, struct error *err) MUST_CHECK;

/* The data ended as they should, but are not those that were packed: CRC or length (RFC 1952, 2.3.1). */
bool input_mismatch(const struct input *input);

bool input_gzipped(const struct input *input);
const char *input_name(const struct input *input); /* as the gzip header has it; "" when it has none */
int64_t input_packed(const struct input *input);   /* bytes used up so far */
int64_t input_given(const struct input *input);    /* bytes that came out of them */
int64_t input_zeros(const struct input *input);    /* how many of the last bytes given are zero */
struct str input_tail(const struct input *input);  /* the last bytes given, 64 KiB and some */

/* ERROR_LIMIT when `out` bytes are too many to come from what was used up. */
int input_check_ratio(const struct input *input, int64_t out, struct error *err) MUST_CHECK;

#endif
