/*
 * Addresses of the web interface that open without a log-in: each carries a token over its purpose and
 * over whom it is for, so that one link opens one thing and nothing can be guessed (RELIABILITY W8).
 * The makers are here, beside the check, since mails, feeds and the web must agree to the byte.
 *
 * A link that shows or changes something personal is bound to the profile's e-mail address too: when the
 * address changes, what the old mailbox holds opens nothing any more. Unsubscribing is bound to the
 * profile alone, and works as long as there is one.
 */
#ifndef GATE_LINK_H
#define GATE_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum { LINK_KEY_BYTES = 32 };

struct links {
	struct str base; /* instance.web_url, "https://host[/path]" (http on this machine); empty or STR_NONE: no web interface */
	unsigned char key[LINK_KEY_BYTES];
};

/* `secret` is the text kept as meta "token_key"; link_secret() makes one (64 characters). */
void links_init(struct links *links, struct str base, struct str secret);
void links_done(struct links *links); /* wipes the key */
struct str link_secret(struct arena *arena);

/* Whom a link is for. */
struct link_whom {
	struct str profile; /* slug */
	struct str email;   /* STR_NONE: none */
};

/*
 * All of these give STR_NONE when there is no web interface. GET shows a page and changes nothing; the
 * first one also takes the one-click POST of RFC 8058.
 */
struct str link_unsubscribe(const struct links *links, struct str profile, struct arena *arena);
struct str link_preferences(const struct links *links, struct link_whom whom, struct arena *arena);
/* Opens a new profile, in the mail that asks whether the address is right. */
struct str link_confirm(const struct links *links, struct link_whom whom, struct arena *arena);

/* One notice for one profile: why it was sent, and what the reader says of it. */
enum link_card {
	LINK_CARD_EXPLAIN,      /* the whole receipt */
	LINK_CARD_RELEVANT,     /* the same page, with "relevant" ready to be pressed */
	LINK_CARD_NOT_RELEVANT, /* … with the reasons to choose from */
};
struct str link_card(const struct links *links, struct link_whom whom, struct str notice,
	enum link_card what, struct arena *arena);

/* Feeds: `generation` goes up when the links given before are to open nothing any more. */
enum link_feed { LINK_FEED_ATOM, LINK_FEED_JSON, LINK_FEED_CALENDAR, LINK_FEEDS };
struct str link_feed(const struct links *links, struct link_whom whom, int64_t generation,
	enum link_feed what, struct arena *arena);
/* The last part of its address: "avis.atom", "avis.json", "echeances.ics". */
const char *link_feed_name(enum link_feed what);

/* What a token opens. */
enum link_purpose {
	LINK_UNSUBSCRIBE,
	LINK_PREFERENCES,
	LINK_CONFIRM,
	LINK_CARD,
	LINK_FEED,
	LINK_FORM, /* hidden in forms: they were ours (RELIABILITY W5) */
	LINK_PURPOSES
};
/* `detail`: the notice of a card, the generation of a feed in digits, else STR_NONE. */
struct str link_token(const struct links *links, enum link_purpose purpose, struct link_whom whom,
	struct str detail, struct arena *arena);
/* Constant time. */
bool link_opens(const struct links *links, enum link_purpose purpose, struct link_whom whom,
	struct str detail, struct str token);

/* What a suppression list keeps of an address: keyed, so that nobody can look an address up without us. */
struct str link_address_hash(const struct links *links, struct str email, struct arena *arena);

#endif
