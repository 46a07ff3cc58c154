/*
 * What there is to match: documents put together from real ones, the terms of many profiles, and the
 * same terms spelled for other engines. Everything follows from the seed and the corpus.
 *
 * Two kinds:
 *  - comparable (the default): a word or phrase is found in one spelling only, so that engines without
 *    inflection find the same hits. Keywords of profiles are taken among those whose inflected forms
 *    occur nowhere in the documents; terms of rules are written ="…". There are no function words.
 *  - lifelike: the notices as they are, keywords in any form, descriptions, the shipped rules with
 *    their function words and rarities. Only our own engine can do that.
 */
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

#include "corpus.h"
#include "match/rules.h"
#include "tender/profile.h"

struct workload_options {
	uint64_t seed;
	size_t profiles;
	size_t documents;
	size_t bytes;            /* of each document; 0: mixed, median 3.8 KB, at most 200 KB */
	const char *rules;       /* a folder of rule files: lifelike; NULL: comparable */
};

/* A term that every engine is to find. */
struct work_term {
	struct str words;   /* folded words, one blank between: "detection de fuites"; STR_NONE: a pattern */
	struct str pattern; /* as it stands in a rule */
	struct str spaced;  /* the same for an engine that knows blanks and no word boundaries */
	bool looks_ahead;
	bool exact;         /* words that stand in a rule as ="…", not with a profile */
};

struct workload {
	struct arena arena;
	struct notice *notices;
	struct str *texts;        /* of each: its folded fields, a newline behind each */
	size_t n_documents;
	size_t bytes, folded;     /* of all documents: as written, and of `texts` */
	size_t words;             /* distinct ones */

	struct work_term *terms;  /* comparable only: exact words, keywords, patterns */
	size_t n_terms, n_exact, n_patterns;
	struct rule_source *rules;
	size_t n_rules;           /* rule files */
	struct profile *profiles;
	const struct profile **profile_list;
	size_t n_profiles, n_keywords; /* keywords of all profiles together */
	int64_t now;              /* before every deadline */
};

/* The corpus must outlive the workload. */
int workload_make(const struct corpus *corpus, const struct workload_options *options,
	struct workload *ret, struct error *err) MUST_CHECK;
void workload_done(struct workload *workload);

/* Steps of workload_make() */
void workload_documents(struct workload *workload, const struct corpus *corpus,
	const struct workload_options *options);
/* Lifelike: the notices of the corpus that say more than a title, again and again. */
void workload_real_documents(struct workload *workload, const struct corpus *corpus,
	const struct workload_options *options);
void workload_terms(struct workload *workload, const struct workload_options *options);
void workload_profiles(struct workload *workload, const struct corpus *corpus,
	const struct workload_options *options);
/* Rule files of generated fields of activity; returns how many fields. */
size_t workload_rules(struct workload *workload, const struct workload_options *options);
int workload_shipped_rules(struct workload *workload, const char *folder, struct error *err) MUST_CHECK;

/* Generated fields of activity are called "f000", "f001", … */
struct str workload_field(struct workload *workload, size_t number);
size_t workload_fields_of(size_t profiles);

#endif
