/* Lists of stems (match/segment.h) as select.c wants them: read once, joined, without what gates keep out. */
#ifndef MATCH_SELECT_LISTS_H
#define MATCH_SELECT_LISTS_H

#include "match/imprint.h"
#include "match/select.h"

/* A notice of a list and where the stem stands in it (match/imprint.h). */
struct stem_place {
	uint32_t notice, marks;
};
struct stem_list {
	const struct stem_place *at; /* ascending */
	size_t n;
	const uint64_t *bits; /* of a long list: its notices; else NULL */
	bool read;
};

struct stem_run;
struct stem_lists {
	struct dictionary *dictionary;
	const struct selection_lists *source;
	const uint64_t *only;  /* notices that are wanted, bits; NULL: all */
	uint64_t *open;        /* those whose kind may be answered; NULL: gates are left out */
	uint32_t *classes;     /* words that tell kind and nature */
	size_t n_classes;
	struct stem_list *at;  /* by stem */
	struct stem_place *room; /* of the list at hand */
	size_t capacity;
	struct stem_run *runs;   /* and what of it is from each segment */
	struct arena arena;
};

/* `gates`: only notices that pass the gate of their kind. ERROR_LIMIT: there are too many to be numbered. */
int stem_lists_init(struct stem_lists *lists, struct dictionary *dictionary,
	const struct selection_lists *source, bool gates, struct error *err) MUST_CHECK;
void stem_lists_done(struct stem_lists *lists);
/* From now on only notices of these bits, which must live as long; lists given before are void. */
void stem_lists_narrow(struct stem_lists *lists, const uint64_t *only);

int stem_lists_get(struct stem_lists *lists, uint32_t stem, struct stem_list *ret, struct error *err)
	MUST_CHECK;

/* Bits of the wanted notices whose kind and nature the profile's gates let pass, in `ret`; NULL: all may. */
int stem_lists_passing(struct stem_lists *lists, const struct profile *profile, struct arena *arena,
	uint64_t **ret, struct error *err) MUST_CHECK;

static inline size_t notice_bits_size(int64_t last)
{
	return (size_t)(last >> 6) + 1;
}
static inline bool notice_bit(const uint64_t *bits, uint32_t notice)
{
	return (bits[notice >> 6] >> (notice & 63) & 1) != 0;
}
static inline void notice_bit_set(uint64_t *bits, uint32_t notice)
{
	bits[notice >> 6] |= UINT64_C(1) << (notice & 63);
}

#endif
