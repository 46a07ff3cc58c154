#include "spoken.h"

#include <stdlib.h>

#include "memory.h"

struct spoken *spoken_new(const struct rules *rules, const struct profile *const *profiles, size_t n)
{
	struct spoken *spoken = zeroed(1, sizeof(*spoken));

	spoken->n_profiles = n;
	spoken->n_rules = rules->n_rules;
	spoken->n_fields = rules->n_fields;
	spoken->rules = zeroed(rules->n_rules, sizeof(*spoken->rules));
	spoken->points = zeroed(n * rules->n_fields, sizeof(*spoken->points));
	spoken->named = zeroed(n * rules->n_fields, sizeof(*spoken->named));
	for (uint32_t i = 0; i < n; i++)
		for (size_t j = 0; j < profiles[i]->fields.n; j++) {
			size_t field;

			if (rules_field(rules, profiles[i]->fields.at[j], &field) != NULL)
				spoken->named[spoken_place(spoken, i, field)] = true;
		}
	return spoken;
}

void *spoken_free(struct spoken *spoken)
{
	for (size_t i = 0; spoken != NULL && i < spoken->n_rules; i++)
		free(spoken->rules[i].at);
	if (spoken != NULL) {
		free(spoken->rules);
		free(spoken->points);
		free(spoken->named);
	}
	free(spoken);
	return NULL;
}

void spoken_add(struct spoken *spoken, const struct rules *rules, uint32_t profile, const struct speech *speech)
{
	struct spoken_by *by = &spoken->rules[speech->rule];

	if (by->n == by->capacity) {
		by->capacity = by->capacity ? 2 * by->capacity : 8;
		by->at = realloc(by->at, by->capacity * sizeof(*by->at));
		if (by->at == NULL)
			die("out of memory");
	}
	by->at[by->n++] = (struct spoken_of){ profile, speech->points, speech->percent };
	spoken->points[spoken_place(spoken, profile, rules->rules[speech->rule].field)] += speech->points;
}

void spoken_replace(struct spoken *spoken, uint32_t rule, size_t field, struct spoken_by by)
{
	struct spoken_by *before = &spoken->rules[rule];

	for (size_t i = 0; i < before->n; i++)
		spoken->points[spoken_place(spoken, before->at[i].profile, field)] -= before->at[i].points;
	for (size_t i = 0; i < by.n; i++)
		spoken->points[spoken_place(spoken, by.at[i].profile, field)] += by.at[i].points;
	free(before->at);
	*before = by;
}
