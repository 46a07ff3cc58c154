/*
 * A notice (avis): one publication about a purchase, as our readers understand it, whatever the
 * format it came in. What the notice does not say is STR_NONE, *_NONE or an empty list, never
 * invented. All text is UTF-8 (NFC), trimmed at its ends, entities decoded until stable; offsets of
 * matches are bytes in exactly these texts.
 *
 * A notice and all it points to live in one arena.
 */
#ifndef TENDER_NOTICE_H
#define TENDER_NOTICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"
#include "base/money.h"
#include "base/str.h"
#include "tender/deadline.h"
#include "tender/term.h"

/*
 * What the publication is. eForms: form type (@listName of cbc:NoticeTypeCode), unless efac:Changes
 * makes it a change or, with reason cancel or cancel-intent, a cancellation. BOAMP: NATURE and STATUT.
 */
enum notice_kind {
	NOTICE_PLANNING,     /* planning, consultation; BOAMP PRE-INFORMATION, PERIODIQUE */
	NOTICE_COMPETITION,  /* competition; APPEL_OFFRE, QUALIFICATION */
	NOTICE_DIRECT_AWARD, /* dir-awa-pre; INTENTION_CONCLURE, EX_ANTE_VOLONTAIRE */
	NOTICE_RESULT,       /* result, cont-modif, completion; ATTRIBUTION, MODIFICATION */
	NOTICE_CHANGE,       /* a corrected notice, published anew or as a separate correction */
	NOTICE_CANCELLATION,
	NOTICE_REQUIREMENT,  /* a buyer's requirement, registered here */
	NOTICE_REGISTRATION, /* bri; TED G and S: a European company or grouping is registered; no purchase */
	NOTICE_KINDS
};

enum notice_nature { NATURE_NONE, NATURE_SERVICES, NATURE_SUPPLIES, NATURE_WORKS, NATURES };

/* What an amount is: they must not be mixed (FORMATS.md 1). */
enum value_kind {
	VALUE_NONE,
	VALUE_ESTIMATE,  /* BT-27 estimated value */
	VALUE_CEILING,   /* BT-271 framework maximum */
	VALUE_AWARD,     /* BT-161 notice value, result notices */
};

struct party {
	struct str name;
	struct str id;         /* SIRET or SIREN without blanks when it is one, else as written */
	struct str city;
	struct str postcode;
	struct str department; /* "48", "2A", "974": stated, or from postcode or NUTS 3 */
	struct str nuts;       /* as stated */
	struct str country;    /* ISO 3166-1 alpha-2 */
};

/* A list of short codes in the order the notice gives them, without repeats. */
struct codes {
	struct str *at;
	size_t n;
	size_t capacity; /* codes_add() only; 0 for a list that was made otherwise */
};

/*
 * What was decided of a lot, or of the whole purchase, and one contract that came of it: a lot given to
 * three (a framework) has three of these, one given to nobody has one without winners.
 */
enum award_outcome {
	AWARD_NONE,      /* not said */
	AWARD_GIVEN,     /* BT-142 selec-w: there is a winner */
	AWARD_NOT_GIVEN, /* clos-nw: nobody, and nobody will be */
	AWARD_OPEN,      /* open-nw: nobody yet */
	AWARD_OUTCOMES
};

/* Size of a company as the buyer states it (BT-165). */
enum company_size {
	COMPANY_NONE,
	COMPANY_MICRO,
	COMPANY_SMALL,
	COMPANY_MEDIUM,
	COMPANY_SME, /* one of the three above, it is not said which */
	COMPANY_LARGE,
	COMPANY_SIZES
};

struct winner {
	struct party party; /* BT-500, BT-501: a company of a group that won together is one of several */
	enum company_size size;
};

struct award {
	struct str lot; /* id of a lot (BT-13713); STR_NONE: the whole purchase */
	enum award_outcome outcome;
	struct str contract;  /* the buyer's number of the contract (BT-150) */
	day_t decided;        /* the winner was chosen (BT-1451) */
	day_t concluded;      /* the contract was signed (BT-145); DECP: dateNotification */
	int tenders;          /* received for the lot (BT-759); AWARD_TENDERS_NONE: not said */
	struct money value;   /* of this contract (BT-720 value of the winning tender) */
	struct money ceiling; /* most that may be spent, of a framework (BT-709) */
	struct winner *winners;
	size_t n_winners;
};
enum { AWARD_TENDERS_NONE = -1, AWARDS_MAX = 4000, WINNERS_MAX = 200 };

/* Texts in a further language: what stands in `title` and `description` is in the notice's own. */
struct wording {
	struct str language; /* ISO 639-1 */
	struct str title, description;
};

struct lot {
	struct str id;          /* BT-137 "LOT-0001"; national notices: "LOT-0001" from numLot 1 */
	struct str title, description;
	enum notice_nature nature;
	struct codes cpv;       /* main first */
	struct codes places;
	struct money value;
	enum value_kind value_kind;
	struct deadline deadline;
	struct term term;
	struct wording *wordings;
	size_t n_wordings;
};

/* An earlier or other publication that this one names. */
enum notice_link_kind {
	LINK_CHANGES,   /* this notice changes or cancels that one (BT-758, avisInitial/idWeb) */
	LINK_FOLLOWS,   /* earlier notice of the same procedure (ANNONCE_ANTERIEUR, annonce_lie, OPP-090) */
};
struct notice_link {
	enum notice_link_kind kind;
	struct str ref; /* "26-12345", "123456-2026" or "UUID-VV", as written, zeros in front dropped */
};

struct notice {
	struct str id;      /* "boamp:26-12345": source ":" ref */
	struct str source;  /* "boamp", "ted", "requirement" */
	struct str ref;     /* BOAMP idweb; TED publication number without zeros in front; else notice UUID */
	int version;        /* BT-757, or 1; the store raises it when the publisher changes a ref */
	struct str dossier; /* key of the purchase; the store fills it when STR_NONE */

	enum notice_kind kind;
	enum notice_kind stage;    /* what it would be without its change: a corrected call is a call */
	struct str notice_type;    /* eForms notice type "cn-standard", BOAMP NATURE; as written */
	struct str language;       /* ISO 639-1 of the texts */
	struct str title, description;
	struct party buyer;        /* the first buyer (BT-500 through OPT-300) */
	enum notice_nature nature;
	struct str procedure;      /* eForms procurement-procedure-type code; "adapted" for a MAPA */
	struct codes cpv;          /* of the procedure: main, additional, then those of the lots */
	struct codes places;       /* NUTS as stated and the department of each NUTS 3, or departments */
	struct codes subjects;     /* DILA's descriptor labels */
	struct str criteria;       /* award criteria as prose, one a line */
	struct money value;
	enum value_kind value_kind;
	day_t published;
	struct deadline deadline;  /* the earliest of the lots' */
	struct term term;          /* of the whole; lots have theirs */
	struct lot *lots;          /* none when the notice speaks of none */
	size_t n_lots;
	struct award *awards;      /* in the order of the notice; results, direct awards */
	size_t n_awards;
	struct wording *wordings;  /* one a language, that of the notice aside */
	size_t n_wordings;
	struct str url;            /* the publisher's page */
	struct str documents_url;  /* BT-15; national notices: documents, else the buyer's profile, their only link */
	bool summary;              /* a record without its body: it never replaces a whole notice */
	bool innovative;           /* BT-776, innovation partnership */
	bool sme;                  /* BT-726 */
	bool reserved;             /* BT-71 with a code other than none */

	/* identity across publications */
	struct str procedure_id;   /* BT-04 ContractFolderID = BOAMP contractfolderid, lower case UUID */
	struct str notice_uuid;    /* BT-701 */
	struct str reference;      /* the buyer's own (BT-22, identifiantInterne, idMarche) */
	struct notice_link *links;
	size_t n_links;

	/*
	 * Parts of the document that no reader has a place for: "DONNEES/ENCHERES", "ID/@new". Told by the reading,
	 * kept with the bytes that were read, never with the notice.
	 */
	struct codes unread;
};

void notice_init(struct notice *notice);
void lot_init(struct lot *lot);
void award_init(struct award *award);

/*
 * One more, empty; `capacity` is the caller's, 0 before the first. NULL over AWARDS_MAX and WINNERS_MAX:
 * the rest is left out.
 */
struct award *notice_award_add(struct notice *notice, struct arena *arena, size_t *capacity);
struct winner *award_winner_add(struct award *award, struct arena *arena, size_t *capacity);

/*
 * What was spent in all: the amount stated for the whole (`value`, when it is an award), else the sum of
 * its contracts when each states one and all are in one currency. False: not known.
 */
bool notice_awarded(const struct notice *notice, struct money *ret);

/* names as JSON and the command line write them; STR_NONE or false for what is none */
const char *notice_kind_name(enum notice_kind kind);
bool notice_kind_parse(struct str name, enum notice_kind *ret);
const char *notice_nature_name(enum notice_nature nature); /* NULL for NATURE_NONE */
bool notice_nature_parse(struct str name, enum notice_nature *ret);
const char *award_outcome_name(enum award_outcome outcome); /* "given", "not-given", "open" or NULL */
bool award_outcome_parse(struct str name, enum award_outcome *ret);
const char *company_size_name(enum company_size size); /* "micro" … as eForms has them, or NULL */
bool company_size_parse(struct str name, enum company_size *ret);

/* Sets source, ref and id ("source:ref"). */
void notice_set_id(struct notice *notice, struct arena *arena, struct str source, struct str ref);

/* Appends unless it is there already or blank. Ceiling 2,000 codes; more are dropped. */
void codes_add(struct codes *codes, struct arena *arena, struct str code);
bool codes_has(const struct codes *codes, struct str code);

/*
 * The last steps of every reader: cuts texts at their ceilings, computes what follows from what was
 * read (deadline, CPV and places from the lots, departments from NUTS and postcodes, page address),
 * and checks that there is an id. A title is not demanded: some notices are published without one.
 * ERROR_INPUT names what is missing, ERROR_LIMIT tells of more than NOTICE_LOTS_MAX lots.
 */
int notice_finish(struct notice *notice, struct arena *arena, struct error *err) MUST_CHECK;

/*
 * Text as French purchase notices carry it, repaired: HTML entities decoded until stable (at most
 * four times), stray tags of the list p br b i u strong em span div li ul ol dropped (a new line
 * where p br div li ul ol stood between two texts), CR LF to LF, control bytes but tab and newline
 * dropped, U+0080 to U+009F read as windows-1252 (an apostrophe lost as U+0092), an "œ" lost as "?" put back ("d'?uvre", "man?uvre", "n?ud" and their like), ends trimmed.
 * STR_NONE when nothing is left. A view into `text` when there is nothing to
 * repair.
 */
struct str notice_text_repair(struct str text, struct arena *arena);

/* Ceilings of a text kept: cut at a character (RELIABILITY 4). */
enum { NOTICE_TITLE_MAX = 8 << 10, NOTICE_TEXT_MAX = 256 << 10, NOTICE_LOTS_MAX = 2000 };

#endif
