#include "against.h"

#include "query.h"

static bool shares_division(const struct codes *branches, const struct codes *codes)
{
	for (size_t i = 0; i < branches->n; i++)
		for (size_t j = 0; j < codes->n; j++)
			if (str_eq(str_sub(branches->at[i], 0, 2), str_sub(codes->at[j], 0, 2)))
				return true;
	return false;
}

bool against_cpv(const struct profile *profile, const struct notice *notice)
{
	return profile->cpv.n > 0 && notice->cpv.n > 0 && !shares_division(&profile->cpv, &notice->cpv);
}

bool against_subjects(const struct profile *profile, const struct notice *notice, const struct codes *filed)
{
	return profile->cpv.n > 0 && notice->cpv.n == 0 && filed->n > 0 && !shares_division(&profile->cpv, filed);
}

bool against_shared(const struct profile *profile, const struct notice *notice, const struct codes *filed)
{
	return shares_division(&profile->cpv, notice->cpv.n > 0 ? &notice->cpv : filed);
}

size_t speak_against(const struct notice *notice, enum against other, const struct reason *best,
	bool other_nature, struct reason ret[AGAINST_MAX], points_t *score)
{
	size_t n = 0;

	if (other == AGAINST_CPV)
		ret[n++] = (struct reason){ STR("other-cpv"), QUERY_OTHER_CPV, STR("cpv"), 0,
			(uint32_t)notice->cpv.at[0].len, notice->cpv.at[0] };
	if (other == AGAINST_SUBJECTS)
		ret[n++] = (struct reason){ STR("other-subjects"), QUERY_OTHER_SUBJECTS, STR("subjects"), 0,
			(uint32_t)notice->subjects.at[0].len, notice->subjects.at[0] };
	if (other == AGAINST_RULE_ALONE || other == AGAINST_KEYWORD_ALONE)
		ret[n++] = (struct reason){ STR("few-words"),
			other == AGAINST_RULE_ALONE ? QUERY_RULE_ALONE : QUERY_KEYWORD_ALONE, best->field, best->start,
			best->end, best->text };
	if (other == AGAINST_RULE_ONCE)
		ret[n++] = (struct reason){ STR("one-word"), QUERY_RULE_ONCE, best->field, best->start, best->end,
			best->text };
	if (other == AGAINST_KEYWORD_BEHIND)
		ret[n++] = (struct reason){ STR("alone"), QUERY_KEYWORD_BEHIND, best->field, best->start, best->end,
			best->text };
	if (other_nature) {
		struct str name = str_of(notice_nature_name(notice->nature));

		ret[n++] = (struct reason){ STR("other-nature"), QUERY_OTHER_NATURE, STR("nature"), 0,
			(uint32_t)name.len, name };
	}
	for (size_t i = 0; i < n; i++)
		*score += ret[i].points;
	return n;
}
