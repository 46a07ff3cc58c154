#include "gate/link.h"

#include <assert.h>

#include "base/buf.h"
#include "gate/token.h"

static_assert((int)LINK_KEY_BYTES == (int)TOKEN_KEY_BYTES, "the key is the token's");

enum { SUBJECT_MAX = 2048 };

static const char *const purposes[LINK_PURPOSES] = {
	[LINK_UNSUBSCRIBE] = "unsubscribe",
	[LINK_PREFERENCES] = "preferences",
	[LINK_CONFIRM] = "confirm",
	[LINK_CARD] = "card",
	[LINK_FEED] = "feed",
	[LINK_FORM] = "form",
};

static const char *const feed_names[LINK_FEEDS] = {
	[LINK_FEED_ATOM] = "avis.atom",
	[LINK_FEED_JSON] = "avis.json",
	[LINK_FEED_CALENDAR] = "echeances.ics",
};

void links_init(struct links *links, struct str base, struct str secret)
{
	char hashed[TOKEN_SHA256_HEX];

	while (str_ends(base, "/"))
		base.len--;
	links->base = base;
	token_sha256(secret, hashed);
	for (size_t i = 0; i < sizeof(links->key); i++)
		links->key[i] = (unsigned char)hashed[i];
	token_wipe(hashed, sizeof(hashed));
}

void links_done(struct links *links)
{
	token_wipe(links->key, sizeof(links->key));
}

struct str link_secret(struct arena *arena)
{
	unsigned char seed[64];
	char hashed[TOKEN_SHA256_HEX];

	token_random(seed, sizeof(seed));
	token_sha256(str_n((const char *)seed, sizeof(seed)), hashed);
	token_wipe(seed, sizeof(seed));
	return arena_dup(arena, str_of(hashed));
}

/*
 * What the token is over. The profile alone for unsubscribing, as in mails that were sent before there
 * was anything else; slugs, addresses and ids of notices hold no line end, so the parts stay apart.
 */
static struct str subject_of(enum link_purpose purpose, struct link_whom whom, struct str detail,
	struct buf *buf)
{
	if (purpose == LINK_UNSUBSCRIBE)
		return whom.profile;
	buf_addf(buf, "%.*s\n%.*s\n%.*s", STR_ARG(whom.profile), STR_ARG(whom.email), STR_ARG(detail));
	return buf_str(buf);
}

struct str link_token(const struct links *links, enum link_purpose purpose, struct link_whom whom,
	struct str detail, struct arena *arena)
{
	CLEANUP(buf_done) struct buf buf = BUF_INIT(SUBJECT_MAX);
	struct str subject = subject_of(purpose, whom, detail, &buf);

	assert(!buf.overflow);
	return token_make(links->key, str_of(purposes[purpose]), subject, arena);
}

bool link_opens(const struct links *links, enum link_purpose purpose, struct link_whom whom,
	struct str detail, struct str token)
{
	CLEANUP(buf_done) struct buf buf = BUF_INIT(SUBJECT_MAX);
	struct str subject = subject_of(purpose, whom, detail, &buf);

	return !buf.overflow && token_check(links->key, str_of(purposes[purpose]), subject, token);
}

/* BASE/LETTER/PROFILE/TOKEN, and what may stand behind it. */
static struct str address(const struct links *links, const char *letter, struct str profile,
	struct str token, struct str tail, struct arena *arena)
{
	return arena_printf(arena, "%.*s/%s/%.*s/%.*s%.*s", STR_ARG(links->base), letter, STR_ARG(profile),
		STR_ARG(token), STR_ARG(tail));
}

struct str link_unsubscribe(const struct links *links, struct str profile, struct arena *arena)
{
	struct link_whom whom = { profile, STR_NONE };

	if (links->base.len == 0)
		return STR_NONE;
	return address(links, "u", profile, link_token(links, LINK_UNSUBSCRIBE, whom, STR_NONE, arena),
		STR_NONE, arena);
}

struct str link_preferences(const struct links *links, struct link_whom whom, struct arena *arena)
{
	if (links->base.len == 0)
		return STR_NONE;
	return address(links, "p", whom.profile,
		link_token(links, LINK_PREFERENCES, whom, STR_NONE, arena), STR_NONE, arena);
}

struct str link_confirm(const struct links *links, struct link_whom whom, struct arena *arena)
{
	if (links->base.len == 0)
		return STR_NONE;
	return address(links, "c", whom.profile, link_token(links, LINK_CONFIRM, whom, STR_NONE, arena),
		STR_NONE, arena);
}

struct str link_card(const struct links *links, struct link_whom whom, struct str notice,
	enum link_card what, struct arena *arena)
{
	static const char *const tails[] = {
		[LINK_CARD_EXPLAIN] = "",
		[LINK_CARD_RELEVANT] = "?r=oui",
		[LINK_CARD_NOT_RELEVANT] = "?r=non",
	};

	if (links->base.len == 0)
		return STR_NONE;
	return address(links, "a", whom.profile, link_token(links, LINK_CARD, whom, notice, arena),
		arena_printf(arena, "/%.*s%s", STR_ARG(notice), tails[what]), arena);
}

struct str link_feed(const struct links *links, struct link_whom whom, int64_t generation,
	enum link_feed what, struct arena *arena)
{
	struct str detail = arena_printf(arena, "%lld", (long long)generation);

	if (links->base.len == 0)
		return STR_NONE;
	return address(links, "f", whom.profile, link_token(links, LINK_FEED, whom, detail, arena),
		arena_printf(arena, "/%s", feed_names[what]), arena);
}

const char *link_feed_name(enum link_feed what)
{
	return feed_names[what];
}

struct str link_address_hash(const struct links *links, struct str email, struct arena *arena)
{
	char *lower = arena_alloc(arena, email.len + 1);

	for (size_t i = 0; i < email.len; i++)
		lower[i] = email.ptr[i] >= 'A' && email.ptr[i] <= 'Z' ? (char)(email.ptr[i] | 0x20)
								      : email.ptr[i];
	return token_make(links->key, STR("suppression"), str_n(lower, email.len), arena);
}
