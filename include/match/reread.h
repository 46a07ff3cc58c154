/*
 * Matching by imprints: what matcher_run() finds in a notice, without reading or folding its texts. The
 * receipts are the same to the byte.
 */
#ifndef MATCH_REREAD_H
#define MATCH_REREAD_H

#include "match/imprint.h"
#include "match/matcher.h"

/* A text that is not all there would have to be looked at: matcher_run() over the notice itself decides. */
enum { REREAD_UNSURE = 2 };

struct reread_options {
	struct match_options match;
	/*
	 * Receipts repeat the words of the notice, for which all of its texts are written out. Else they
	 * do not: `text` is empty, and so is what stands behind "description:" in `rule`.
	 */
	bool texts;
	/*
	 * What the selection says of the notice, for each profile that it knows: the most its body can give, and all of it.
	 * Where that cannot be enough, or the head with what the body may give, no more is read. NULL: it is not known.
	 */
	const uint8_t *body, *most;
};

struct reread;

/* Both must outlive it. The dictionary may grow meanwhile. */
struct reread *reread_new(const struct matcher *matcher, const struct dictionary *dictionary);
/* What it reads with, for select_matches(): the matcher, or as much of it as its profiles need. */
const struct matcher *reread_matcher(const struct reread *reread);
void *reread_free(struct reread *reread);
DEFINE_CLEANUP(reread, reread_free);

/*
 * As matcher_run(): 0, MATCHER_OVERSPENT or REREAD_UNSURE. Of the imprint only the notice need have been
 * read, and find_body be set; what else is wanted is read now, and is there for another matcher. Receipts live in
 * `arena`, which must be that of the imprint's notice.
 */
int reread_run(struct reread *reread, struct imprint *imprint, const struct reread_options *options,
	struct arena *arena, struct receipts *ret, struct error *err) MUST_CHECK;

#endif
