#include "gives.h"

#include <assert.h>
#include <string.h>

#include "memory.h"
#include "query.h"
#include "score.h"

uint8_t gives_clipped(points_t points)
{
	return (uint8_t)(points < 0 ? 0 : points < GIVES_MOST ? points : GIVES_MOST);
}

static bool body_alone(unsigned fields)
{
	for (; fields != 0; fields &= fields - 1)
		if (!body_field((enum match_field)__builtin_ctz(fields)))
			return false;
	return true;
}

static void fill_way(struct gives *gives, unsigned fields, size_t *n)
{
	int factor = fields_factor(fields);
	struct way way = { .body = body_alone(fields) };
	size_t i = 0;

	for (uint32_t brief = 0; brief < GIVEN; brief++)
		way.most[brief] = gives_clipped(brief_points(brief) * factor / 100);
	while (i < *n && memcmp(&gives->ways[i], &way, sizeof(way)) != 0)
		i++;
	if (i == *n) {
		assert(i < GIVES_WAYS_MAX); /* there are fewer factors than that */
		gives->ways[(*n)++] = way;
	}
	gives->way[fields] = (uint8_t)i;
}

static void fill_object(struct gives *gives, unsigned object)
{
	for (uint32_t brief = 0; brief < GIVEN; brief++) {
		points_t points = brief_points(brief);

		if (brief_rises(brief))
			points = query_title_points(points, false, object & 1, false, object & 2);
		gives->objects[object].most[brief] = gives_clipped(points);
	}
}

struct gives *gives_new(void)
{
	struct gives *gives = zeroed(1, sizeof(*gives));
	size_t n = 0;

	for (unsigned fields = 0; fields < 1u << FIELDS; fields++)
		fill_way(gives, fields & (WISH_TEXT_FIELDS | 1u << FIELD_CPV), &n);
	for (unsigned fields = 0; fields < 1u << FIELDS; fields++)
		gives->way[fields] = gives->way[fields & (WISH_TEXT_FIELDS | 1u << FIELD_CPV)];
	for (unsigned object = 0; object < GIVES_OBJECTS; object++)
		fill_object(gives, object);
	return gives;
}

/* As the object of a title or a subject, keywords may give more than their points. */
const struct way *gives_seen(const struct gives *gives, unsigned seen)
{
	unsigned object = ((seen & SEEN_OBJECT) != 0 ? 1u : 0u) | ((seen & SEEN_FILED) != 0 ? 2u : 0u);

	if (object != 0 && (seen & (1u << FIELD_TITLE | 1u << FIELD_LOT_TITLE | SEEN_SOLE)) != 0)
		return &gives->objects[object];
	return &gives->ways[gives->way[seen & ((1u << FIELDS) - 1)]];
}
