/*
 * A reader of a live set from within: what it has of the list of layers at hand. The base is read as any matcher is,
 * and the layers above it where they are concerned. Private to live.
 */
#ifndef MATCH_LIVE_READER_H
#define MATCH_LIVE_READER_H

#include "snapshot.h"

/* The same word in two memos. */
struct pair_of_ids {
	uint32_t base, above; /* + 1; 0: none */
};

/* What a reader has of a layer above the base, in a place of its own as long as the layer is there. */
struct above {
	uint64_t serial; /* of the layer; 0: a free place */
	size_t number;   /* of the layer in the list at hand */
	struct reader *reader; /* NULL until it is concerned */
	uint64_t notice; /* number of the notice that its scan was begun for */
	uint32_t nothing; /* then: a word that tells it nothing */
	uint32_t others[16]; /* words + 1 that tell it nothing, by what they are to their neighbours; 0: not asked yet */
	uint32_t others_forgotten; /* its memo's times_forgotten, when they were noted */
	uint32_t *ids;   /* of a layer of many profiles: by word of the base's memo, that of its own + 1; 0: not asked yet */
	size_t ids_size;
	struct pair_of_ids recent[256]; /* of one of few: those asked for last, each at a place of its own */
	uint32_t times_forgotten; /* both memos' together, when they were noted */
};
_Static_assert(LIVE_LAYERS_MAX <= 32, "a bit for each place above the base");

/* What is known of a word of the base's memo. */
struct key {
	uint64_t known;   /* serial of the youngest layer that was asked; 0: nothing is known */
	uint32_t layers;  /* a bit for each place above whose layer has the word, or its stem … */
	uint32_t alone;   /* … and for each where it says something without another word */
	uint32_t amended; /* its id in the memo of the rules in the place of some, + 1 … */
	uint32_t times : 31; /* … as it was then (times_amended) */
	uint32_t stop : 1;
};
_Static_assert(sizeof(struct key) == 24, "there are hundreds of thousands of them");

/* A word of the text at hand that some layer has. */
struct found {
	uint32_t at;     /* among the words */
	uint32_t rank;   /* among those that are no function words, from 1 */
	uint32_t layers; /* a bit for each place above */
};

struct live_reader {
	_Atomic(struct snapshot *) holds;
	struct live *live;
	struct live_reader *next;

	const struct snapshot *seen; /* the list at hand, which it holds */
	uint64_t serial;             /* of that list */
	uint64_t base_serial;
	struct reader *base;
	struct above above[LIVE_LAYERS_MAX];
	uint32_t placed;             /* a bit for each place above that has a layer of that list */
	uint64_t youngest;           /* serial of the youngest of them */
	uint64_t amend_serial;       /* of the rules in the place of some of the base's; 0: none */
	struct scan amend_scan;
	struct firing amend_firing;
	uint32_t times_amended;      /* how often its memo began anew */
	struct rule_shares *told;    /* by rule of the base, those that fired: whom of the layer at hand to tell */
	uint64_t notice;             /* how many were begun */

	struct key *keys;            /* by word of the base's memo */
	size_t keys_size;
	uint32_t times_forgotten;    /* the memo's, when the keys were noted */
	struct found *found;         /* of the text at hand */
	size_t n_found;
	uint32_t *ids;               /* of the text at hand, as a layer reads it */
	struct fold_word *places;
	size_t text_size;
	struct arena scratch;
	struct arena batch;          /* results of live_run_batch() … */
	struct arena notice_arena;   /* … before they are copied */
};

/* live_reader.c: takes the list as it is now, for a notice */
void live_reader_begin(struct live_reader *reader);
/* The layer is concerned by the notice at hand. */
void live_reader_touch(struct live_reader *reader, struct above *above);

/* live_words.c: reads for the layers above, and for the rules in the place of some, each text that the base has read */
void live_read_also(void *reader, const struct words *words, uint32_t scope, enum match_field field);

#endif
