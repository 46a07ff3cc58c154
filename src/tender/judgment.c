#include "tender/judgment.h"

#include "base/macros.h"

static const struct {
	const char *name, *french, *english;
} reasons[JUDGMENT_REASONS] = {
	[JUDGMENT_NO_REASON] = { "", "Sans précision", "No reason given" },
	[JUDGMENT_OTHER_TRADE] = { "other-trade", "Autre métier", "Another trade" },
	[JUDGMENT_OTHER_MEANING] = { "other-meaning", "Un mot pris dans un autre sens",
		"A word with another meaning" },
	[JUDGMENT_MINOR_PART] = { "minor-part", "Une part infime de l’achat",
		"Only a small part of the purchase" },
	[JUDGMENT_ADJACENT] = { "adjacent", "Proche de notre métier, sans plus",
		"Close to our trade, no more" },
	[JUDGMENT_PLACE] = { "place", "Trop loin", "Too far" },
	[JUDGMENT_AMOUNT] = { "amount", "Trop gros ou trop petit", "Too large or too small" },
	[JUDGMENT_DEADLINE] = { "deadline", "Trop tard pour répondre", "Too late to answer" },
	[JUDGMENT_CONDITIONS] = { "conditions", "Conditions hors de portée",
		"Conditions out of reach" },
	[JUDGMENT_KNOWN] = { "known", "Déjà connu", "Known already" },
};

static const char *const origins[JUDGMENT_ORIGINS] = {
	[JUDGMENT_READER] = "reader",
	[JUDGMENT_ADMINISTRATOR] = "administrator",
	[JUDGMENT_AUDIT] = "audit",
};

const char *judgment_reason_name(enum judgment_reason reason)
{
	return reasons[reason].name;
}

bool judgment_reason_parse(struct str name, enum judgment_reason *ret)
{
	for (int i = 0; i < JUDGMENT_REASONS; i++) {
		if (!str_eqz(name, reasons[i].name))
			continue;
		*ret = (enum judgment_reason)i;
		return true;
	}
	return false;
}

struct str judgment_reason_label(enum judgment_reason reason, bool english)
{
	return str_of(english ? reasons[reason].english : reasons[reason].french);
}

const char *judgment_origin_name(enum judgment_origin origin)
{
	return origins[origin];
}

bool judgment_origin_parse(struct str name, enum judgment_origin *ret)
{
	for (int i = 0; i < JUDGMENT_ORIGINS; i++) {
		if (!str_eqz(name, origins[i]))
			continue;
		*ret = (enum judgment_origin)i;
		return true;
	}
	return false;
}

bool judgment_on_subject(const struct judgment *judgment)
{
	return judgment->grade > 0 || judgment->reason <= JUDGMENT_ADJACENT;
}
