#include "match/matcher.h"

#include <stdlib.h>

#include "compiled.h"
#include "query.h"

/* The life of a matcher and of its readers. */

struct matcher_view matcher_view(const struct matcher *m)
{
	return (struct matcher_view){ m->rules, m->profiles, m->n_profiles, m->lexicon, m->terms, m->code,
		m->shares };
}

struct reader *matcher_reader_new(const struct matcher *m)
{
	struct reader *reader = calloc(1, sizeof(*reader));

	if (reader == NULL)
		die("out of memory");
	scan_init(&reader->scan, m->terms, m->lexicon);
	reader->scan.suspended = m->suspended;
	firing_init(&reader->firing, m->rules, m->lexicon, m->suspended);
	board_init(&reader->board, m->n_profiles, m->rules->n_fields);
	return reader;
}

void *reader_free(struct reader *reader)
{
	if (reader == NULL)
		return NULL;
	board_done(&reader->board);
	gate_visit_done(&reader->visit);
	firing_done(&reader->firing);
	scan_done(&reader->scan);
	arena_done(&reader->batch);
	free(reader);
	return NULL;
}

struct reader **matcher_batch_readers(struct matcher *m)
{
	return m->batch;
}

int matcher_new(const struct rules *rules, int64_t ruleset, const struct profile *const *profiles,
	size_t n_profiles, struct matcher **ret, struct error *err)
{
	return matcher_new_on(1, rules, ruleset, profiles, n_profiles, ret, err);
}

int matcher_new_on(unsigned threads, const struct rules *rules, int64_t ruleset,
	const struct profile *const *profiles, size_t n_profiles, struct matcher **ret, struct error *err)
{
	struct reader *hearer = NULL;
	int r = matcher_compile(threads, rules, ruleset, profiles, n_profiles, NULL, &hearer, ret, err);

	reader_free(hearer);
	return r;
}

int matcher_compile(unsigned threads, const struct rules *rules, int64_t ruleset,
	const struct profile *const *profiles, size_t n_profiles, struct spoken *spoken,
	struct reader **ret_hearer, struct matcher **ret, struct error *err)
{
	struct reader *hearer;
	struct matcher *m;

	if (n_profiles > TERMS_PROFILES_MAX)
		return error_set(err, ERROR_LIMIT, "more than %d profiles", TERMS_PROFILES_MAX);
	m = calloc(1, sizeof(*m));
	if (m == NULL)
		die("out of memory");
	m->rules = rules;
	m->ruleset = ruleset;
	m->profiles = profiles;
	m->n_profiles = n_profiles;
	m->lexicon = lexicon_new(rules);
	m->terms = terms_new(m->lexicon);
	m->said = said_new();
	m->suspended = arena_array(&m->arena, atomic_bool, rules->n_rules);
	field_rules_make(rules, &m->arena, &m->by_field);
	compile_rules(m, NULL);
	lexicon_watch(m->lexicon, terms_triggers(m->terms));
	terms_pack(m->terms);
	/* fields first: they need the rules' terms alone, and the trie is small then */
	hearer = matcher_reader_new(m);
	compile_told(m, hearer, threads, spoken);
	for (uint32_t i = 0; i < n_profiles; i++)
		query_post(m->terms, m->said, m->lexicon, profiles[i], i);
	m->gates = gate_table_new(profiles, n_profiles);
	said_close(m->said, n_profiles);
	terms_close(m->terms);
	m->own = matcher_reader_new(m);
	*ret_hearer = hearer;
	*ret = m;
	return 0;
}

void *matcher_free(struct matcher *matcher)
{
	if (matcher == NULL)
		return NULL;
	reader_free(matcher->own);
	for (size_t i = 0; i < MATCHER_THREADS_MAX; i++)
		reader_free(matcher->batch[i]);
	if (matcher->whole == NULL)
		gate_table_free(matcher->gates);
	said_free(matcher->said);
	terms_free(matcher->terms);
	lexicon_free(matcher->lexicon);
	arena_done(&matcher->arena);
	free(matcher);
	return NULL;
}

size_t matcher_suspended(const struct matcher *m, struct arena *arena, size_t **ret)
{
	size_t n = 0;

	*ret = arena_array(arena, size_t, m->rules->n_rules);
	for (size_t i = 0; i < m->rules->n_rules; i++)
		if (atomic_load_explicit(&m->suspended[i], memory_order_relaxed))
			(*ret)[n++] = i;
	return n;
}
