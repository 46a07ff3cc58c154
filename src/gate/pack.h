/*
 * liblz4: bytes packed as one LZ4 frame, the format that `lz4 -d` reads, with its length in it. Chosen for
 * being quicker than the disk; of notices it leaves a third.
 */
#ifndef GATE_PACK_H
#define GATE_PACK_H

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

/*
 * The bytes packed, in `arena`; or as they are, a view, where nothing is gained. What begins as a frame
 * does is packed always, so that one can be told from the other.
 */
struct str pack(struct str bytes, struct arena *arena);

/*
 * What was packed, in `arena`; bytes that were not are given back as they are. ERROR_STORE: the frame is
 * damaged. At most `max` bytes come out, else ERROR_LIMIT.
 */
int unpack(struct str packed, size_t max, struct arena *arena, struct str *ret, struct error *err) MUST_CHECK;

#endif
