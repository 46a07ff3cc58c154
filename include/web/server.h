/*
 * The web interface: pages that open by the links of mails, without a log-in, and signing up. Its routes
 * stand in one table (src/web/routes.c), each with who may open it and what is checked.
 *
 * The answer to HEAD and GET comes from a connection that can only read (RELIABILITY W8, W12). A busy
 * database puts an answer off for at most HTTPD_LATER_S without keeping anybody else waiting.
 */
#ifndef WEB_SERVER_H
#define WEB_SERVER_H

#include "gate/httpd.h"
#include "gate/link.h"
#include "render/value.h"
#include "store/store.h"
#include "tender/profile.h"

/* A feed as it is served and as the command line prints it. */
struct web_feed {
	struct str body;
	const char *content_type;
	int64_t changed; /* instant of the last change of what is in it; TIME_NONE: there is nothing */
};

/* What words would bring when that is more than anybody reads. */
struct web_flood {
	int64_t per_week;   /* tenths of a purchase; 0: it is no flood */
	struct str without; /* the word or code it should do without; STR_NONE: none alone helps */
	int64_t left;       /* tenths a week without it */
};

/* Mails that signing up sends. */
enum web_ask {
	WEB_ASK_CONFIRM, /* is this address yours? */
	WEB_ASK_KNOWN,   /* somebody signed up with your address: here is your profile */
};

/* What the web asks of its neighbours. `data` is handed through; texts live in `arena`. */
struct web_host {
	void *data;
	int64_t (*now)(void *data);
	bool (*address_valid)(struct str email);
	bool (*zone_known)(struct str zone);
	/*
	 * A notice for a profile, as digests show it: a value for the template card.LANGUAGE.html.
	 * STORE_NONE: there is no such notice.
	 */
	int (*card)(void *data, struct db *db, const struct profile *profile, struct str notice,
		struct arena *arena, struct value **ret, struct error *err);
	/* `links` with the feed's generation. */
	int (*feed)(void *data, struct db *db, const struct profile *profile, enum link_feed what,
		struct arena *arena, struct web_feed *ret, struct error *err);
	/* Would this profile be a flood? Asked before it is saved; takes as long as a few thousand notices. */
	int (*flood)(void *data, struct db *db, const struct profile *profile, struct arena *arena,
		struct web_flood *ret, struct error *err);
	/* Everything that is known of a profile, as JSON. */
	int (*export)(void *data, struct db *db, const struct profile *profile, struct arena *arena,
		struct str *ret, struct error *err);
	/* Into the outbox, in the transaction that is open. */
	int (*ask)(void *data, struct db *db, const struct profile *profile, enum web_ask what,
		struct error *err);
};

struct web_settings {
	struct httpd_options httpd;
	struct str base;     /* instance.web_url; "" while there is none: pages then say http://HOST */
	struct str instance; /* who runs it */
	struct str contact;  /* address that people may write to */
	bool signup;         /* people may register themselves */
	int64_t asks_per_network_hour, asks_per_day; /* confirmation mails (RELIABILITY W9) */
};

struct web;

/*
 * Opens both connections to the database and listens. `settings` and `host` are copied, what they point
 * to outlives the server. ERROR_CONFIG, ERROR_SYSTEM as httpd_open(); ERROR_STORE.
 */
int web_open(const char *db_path, const struct web_settings *settings, const struct web_host *host,
	const struct links *links, struct web **ret, struct error *err) MUST_CHECK;
void *web_close(struct web *web);
DEFINE_CLEANUP(web, web_close);
int web_port(const struct web *web);

/* Until http_stop is set. */
int web_run(struct web *web, struct error *err) MUST_CHECK;

#endif
