/*
 * A profile as weighted wishes. The table of points is here and nowhere else; the manual page
 * appariteur-rules(5) tells them to administrators.
 */
#ifndef MATCH_QUERY_H
#define MATCH_QUERY_H

#include "match/rules.h"
#include "said.h"
#include "setting.h"
#include "terms.h"
#include "tender/profile.h"

enum {
	/* tenths of points, for full rarity and evidence in the title */
	QUERY_KEYWORD = 80,
	QUERY_PHRASE = 40,           /* two neighbouring words of the description */
	QUERY_WORD = 20,             /* one rare word of the description */
	QUERY_DESCRIPTION_CAP = 100, /* all words of the description together */
	QUERY_EXCLUDED = -40,        /* an exclusion in a description: against, but no gate */
	QUERY_CPV_BROADER = 5,       /* the notice's code is above the one asked for */
	QUERY_BODY_CAP = 75,         /* descriptions and criteria together: in the body two signs make no match */
	QUERY_BODY_SIGN = 30,        /* points from which a sign there is one of its own */
	QUERY_BODY_MORE = 10,        /* from the third such sign on, the cap rises by this for each */
	QUERY_LOT_ALONE = 60,        /* a rule in the title of one lot of several, and no other sign but codes */
	QUERY_OTHER_NATURE = -20,    /* one not asked for, where the gates are left out */
	QUERY_OTHER_CPV = -15,       /* every code of the notice is of a division the profile has none of */
	QUERY_OTHER_SUBJECTS = -15,  /* so is every subject, for what matches by words of its own first of all */
	QUERY_RULE_ALONE = -25,      /* all there is is a rule that one or two words tell of, and of title and subjects less … */
	QUERY_RULE_SHARE = 5,        /* … than so many percent are words the profile says */
	QUERY_RULE_ONCE = -60,       /* what gives most is a rule that one term of a keyword tells of, codes or else subjects are all
	                                of other divisions, and of title and subjects less … */
	QUERY_RULE_ONCE_SHARE = 15,  /* … than so many percent are words it says */
	QUERY_KEYWORD_ALONE = -15,   /* the same of a keyword … */
	QUERY_KEYWORD_SHARE = 8,     /* … which is one itself */
	QUERY_KEYWORD_BEHIND = -5,   /* a keyword far behind in a title, and no other word, code or subject in common … */
	QUERY_FAR_BEHIND = 50,       /* … from this byte on */

	QUERY_RARE_WORD = 7,         /* rarity from which a single word of the description counts */
	QUERY_RARE_PAIR = 6,         /* sum of rarities from which two neighbours count */
	QUERY_PHRASE_BONUS = 7,      /* several common words together are less common … */
	QUERY_PHRASE_FROM = 2,       /* … from this sum of their rarities on: below it they name any purchase */

	QUERY_OBJECT_FROM = 3,       /* rarity from which a keyword that is the object of a title counts in full */
	QUERY_FILED_FROM = 2,        /* the same if it is that of a subject, too */
	QUERY_OBJECT_COMMON = 60,    /* what one of that rarity counts as the object of a title alone */
	QUERY_GOVERNED = 80,         /* percent, for one that another word of the title governs, and no subject names */
	QUERY_SOLE_FROM = 4,         /* several words of that rarity, or one of QUERY_FILED_FROM, are the name of a trade */
	QUERY_SETTING = 75,          /* percent, for a keyword that the profile has as the setting of its trade only */

	/* percent of a rule's points */
	QUERY_FIELD_NAMED = 100,
	QUERY_RULE_OWN = 125,    /* of an inferred field: three of the rule's terms, one of them a keyword's, are the profile's */
	QUERY_RULE_OWN_TWICE = 124, /* two are */
	QUERY_RULE_OWN_FAINT = 100, /* one is */
	QUERY_RULE_OWN_PART = 80,   /* one is, a part of a keyword only */
	QUERY_RULE_OWN_PASSING = 70, /* those of its description alone */
	QUERY_RULE_BESIDE = 20, /* of an inferred field: none is, or what is the setting of its trade only;
	                           counted where there is enough without it */
	QUERY_FIELD_INFERRED_FROM = 40, /* points of its rules on the profile's own words */

	QUERY_DESCRIPTION_WORDS = 400,
};

/* Lines whose terms, found in a profile's words, say that the rule speaks of it. */
static inline bool rule_line_is_of_own_words(const struct rule_line *line)
{
	return line->kind != LINE_NOT && line->subject == ON_TEXT &&
	       (line->kind == LINE_FOR || (line->fields & 1u << FIELD_TITLE) != 0);
}

/* Points of a CPV branch asked for, by its significant digits: 72 proves little, 72212730 a lot. */
points_t query_cpv_points(struct str branch);

/*
 * What a keyword of these points gives in a title. `object`: it is the object there; `governed`: another
 * word is, and governs it; `filed`: it is that of a subject, too.
 */
points_t query_title_points(points_t points, bool setting, bool object, bool governed, bool filed);

/* Keywords and exclusions written ="drone" or =drone stand for this very form, as in rules. */
bool query_is_exact(struct str keyword);

/* Posts every wish of the profile but the fields of activity, and notes what it says. */
void query_post(struct terms *terms, struct said *said, struct lexicon *lexicon, const struct profile *profile,
	uint32_t number);

#endif
