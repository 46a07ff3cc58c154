/* A notice as far as likeness can be ruled out by it, in some forty bytes. */
#include <string.h>

#include "base/buf.h"
#include "base/varint.h"
#include "tender/dossier.h"

enum {
	/* Another one when folding, shingles or the order of enumerators change: old sketches then say nothing. */
	FORM = 1,
	BYTES_MAX = 200,
};
enum { HAS_PROCEDURE = 1, HAS_DEADLINE = 2, BY_DAY = 4 };

static bool has_bit(const struct dossier_sketch *sketch, uint32_t hash)
{
	return (sketch->bits[hash % SKETCH_BITS / 8] >> hash % 8 & 1) != 0;
}

struct dossier_sketch dossier_sketch(const struct notice *notice, const struct shingles *title)
{
	struct dossier_sketch sketch = {
		.kind = notice->kind,
		.stage = notice->stage,
		.source = notice->source,
		.has_procedure = notice->procedure_id.len > 0,
		.published = notice->published,
		.deadline_at = notice->deadline.at,
		.deadline_by_day = notice->deadline.certainty == DEADLINE_DAY_ONLY,
		.shingles = title->n,
	};

	for (size_t i = 0; i < title->n; i++) {
		uint32_t hash = title->at[i];

		sketch.bits[hash % SKETCH_BITS / 8] |= (unsigned char)(1u << hash % 8);
	}
	return sketch;
}

size_t dossier_sketch_common(const struct dossier_sketch *sketch, const struct shingles *title)
{
	size_t n = 0;

	for (size_t i = 0; i < title->n; i++)
		n += has_bit(sketch, title->at[i]);
	return n < sketch->shingles ? n : sketch->shingles;
}

struct str dossier_sketch_pack(const struct dossier_sketch *sketch, struct arena *arena)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(BYTES_MAX);
	bool has_deadline = sketch->deadline_at != TIME_NONE;

	buf_addc(&out, FORM);
	varint_put(&out, sketch->kind);
	varint_put(&out, sketch->stage);
	varint_put(&out, (sketch->has_procedure ? HAS_PROCEDURE : 0u) |
				 (has_deadline ? HAS_DEADLINE : 0u) |
				 (sketch->deadline_by_day ? BY_DAY : 0u));
	if (has_deadline)
		varint_put_signed(&out, sketch->deadline_at);
	varint_put(&out, sketch->shingles);
	buf_add(&out, (const char *)sketch->bits, sizeof(sketch->bits));
	buf_adds(&out, str_clip(sketch->source, BYTES_MAX / 2));
	return arena_dup(arena, buf_str(&out));
}

bool dossier_sketch_unpack(struct str bytes, day_t published, struct dossier_sketch *ret)
{
	struct varint_reader r = varint_reader_of(bytes);
	uint64_t form = varint_get(&r), kind, stage, flags;
	struct str bits;

	if (r.bad || form != FORM)
		return false;
	*ret = (struct dossier_sketch){ .published = published };
	kind = varint_get(&r);
	stage = varint_get(&r);
	flags = varint_get(&r);
	ret->deadline_at = flags & HAS_DEADLINE ? varint_get_signed(&r) : TIME_NONE;
	ret->shingles = (size_t)varint_get(&r);
	bits = varint_get_bytes(&r, sizeof(ret->bits));
	if (r.bad || kind >= NOTICE_KINDS || stage >= NOTICE_KINDS || ret->shingles > UINT16_MAX)
		return false;
	memcpy(ret->bits, bits.ptr, sizeof(ret->bits));
	ret->kind = (enum notice_kind)kind;
	ret->stage = (enum notice_kind)stage;
	ret->has_procedure = (flags & HAS_PROCEDURE) != 0;
	ret->deadline_by_day = (flags & BY_DAY) != 0;
	ret->source = str_n((const char *)r.at, (size_t)(r.end - r.at));
	return true;
}
