/*
 * Matching by imprints: what matcher_run() finds in a notice, without its texts. Receipts are the same
 * to the byte but for the words of the notice, which they do not repeat: `text` is empty, and so is what
 * stands behind "description:" in `rule`.
 */
#ifndef MATCH_REREAD_H
#define MATCH_REREAD_H

#include "match/imprint.h"
#include "match/matcher.h"

/*
 * The words kept do not decide it: a rule asks for the text as it was written. matcher_run() over the
 * notice itself will.
 */
enum { REREAD_UNSURE = 2 };

struct reread;

/* Both must outlive it. The dictionary may grow meanwhile. */
struct reread *reread_new(const struct matcher *matcher, const struct dictionary *dictionary);
void *reread_free(struct reread *reread);
DEFINE_CLEANUP(reread, reread_free);

/* As matcher_run(): 0, MATCHER_OVERSPENT or REREAD_UNSURE. Receipts live in `arena`. */
int reread_run(struct reread *reread, const struct imprint *imprint, const struct match_options *options,
	struct arena *arena, struct receipts *ret, struct error *err) MUST_CHECK;

#endif
