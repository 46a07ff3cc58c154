#include "app.h"

#include "gate/file.h"
#include "gate/ini.h"

/*
 * Every setting there is. The table also writes the commented file of `init`, prints `config show` and
 * the manual appariteur.conf(5). Keep the rows of a section together.
 */
#define TEXT(SECTION, KEY, FALLBACK, MAX, HELP) \
	{ SECTION, KEY, CONF_TEXT, FALLBACK, 0, MAX, NULL, HELP }
#define NUMBER(SECTION, KEY, FALLBACK, MIN, MAX, HELP) \
	{ SECTION, KEY, CONF_INT, FALLBACK, MIN, MAX, NULL, HELP }
#define SWITCH(SECTION, KEY, FALLBACK, HELP) \
	{ SECTION, KEY, CONF_BOOL, FALLBACK, 0, 0, NULL, HELP }
const struct conf_row settings[] = {
	TEXT("instance", "name", "Appariteur", 120,
		"who runs this instance, in the footer of each mail"),
	TEXT("instance", "web_url", "", 300,
		"address of the web interface, for one-click links: https, or http of this machine to try it"),

	TEXT("fetch", "user_agent",
		"appariteur/" APPARITEUR_VERSION " (public procurement notices for start-ups)", 200,
		"how we name ourselves to publishers; add a contact"),
	TEXT("fetch", "ca_file", "", 1000, "certificates to trust instead of the system's"),
	TEXT("fetch", "boamp_url", "https://echanges.dila.gouv.fr/OPENDATA/BOAMP", 500,
		"BOAMP open-data flux, up to the folders of years"),
	TEXT("fetch", "explore_url",
		"https://boamp-datadila.opendatasoft.com/api/explore/v2.1/catalog/datasets/boamp", 500,
		"BOAMP Explore API, up to the dataset"),
	TEXT("fetch", "ted_api_url", "https://api.ted.europa.eu", 500, "TED Search API"),
	TEXT("fetch", "ted_url", "https://ted.europa.eu", 500, "TED, for the notices themselves"),
	TEXT("fetch", "ted_country", "FRA", 3,
		"country of the buyers to ask TED for, three letters"),
	NUMBER("fetch", "overlap_days", "3", 0, 60,
		"days before the last complete one that each run reads again"),
	NUMBER("fetch", "tries", "5", 1, 20, "tries per request before the day stays a gap"),
	NUMBER("fetch", "wait_base_ms", "1000", 0, 600000,
		"first wait between tries, milliseconds; doubles, with jitter"),
	NUMBER("fetch", "wait_max_ms", "60000", 0, 21600000,
		"longest wait, milliseconds; a longer Retry-After ends the run"),
	NUMBER("fetch", "pause_ms", "100", 0, 60000,
		"pause between two requests to one host, milliseconds"),
	NUMBER("fetch", "connect_timeout_s", "15", 1, 600, "seconds to connect"),
	NUMBER("fetch", "stall_timeout_s", "30", 1, 600,
		"seconds under 1 KB/s before a transfer is given up"),
	NUMBER("fetch", "total_timeout_s", "1800", 1, 86400, "seconds a transfer may take in all"),
	NUMBER("fetch", "body_max", "16777216", 1024, 536870912,
		"largest answer, bytes after decompression"),

	SWITCH("source", "boamp", "yes", "BOAMP by the open-data flux"),
	SWITCH("source", "explore", "no", "BOAMP by the Explore API: the same notices, for checks"),
	SWITCH("source", "ted", "yes", "TED, notices with a buyer in ted_country"),

	NUMBER("digest", "hour", "7", 0, 23, "hour at which digests are due, in the reader's zone"),
	NUMBER("digest", "minute", "30", 0, 59, "and minute"),
	NUMBER("digest", "cards", "7", 1, 20, "cards in one digest; the rest is counted"),
	SWITCH("digest", "heartbeat", "yes", "an empty week still brings a short mail"),

	TEXT("mail", "relay", "smtp://127.0.0.1:25", 300, "smtp://host:port or smtps://host:port"),
	SWITCH("mail", "starttls", "no",
		"require STARTTLS; a relay that is not this machine needs it, or smtps"),
	TEXT("mail", "user", "", 200, "name to log in with; empty: no log-in"),
	TEXT("mail", "password_file", "", 1000,
		"file with the password alone, readable by its owner only"),
	TEXT("mail", "ca_file", "", 1000, "certificates to trust instead of the system's"),
	NUMBER("mail", "timeout_s", "300", 1, 3600, "seconds one message may take"),
	NUMBER("mail", "connections", "2", 1, 16, "connections to the relay at a time"),
	NUMBER("mail", "per_minute", "0", 0, 100000,
		"messages a minute the relay takes from us; 0: as many as there are"),
	TEXT("mail", "helo", "", 200, "our name for the relay; empty: the host's"),
	TEXT("mail", "from", "appariteur@localhost", 254, "address that digests come from"),
	TEXT("mail", "from_name", "Appariteur", 120, "name beside it"),
	TEXT("mail", "unsubscribe", "", 254,
		"address for unsubscribing by mail; empty: the one digests come from"),
	TEXT("mail", "bounce", "", 200,
		"address that refusals come back to, as name+token@host; empty: mail.from"),
	TEXT("mail", "reply", "", 200,
		"address that answers to digests are read from, as name+token@host; empty: none is read"),
	TEXT("mail", "inbox", "", 1000, "Maildir that refusals and answers arrive in; empty: none"),
	TEXT("mail", "admin", "", 254,
		"address told of addresses that are disabled; empty: nobody is"),

	{ "web", "listen", CONF_TEXT, "127.0.0.1:8080", 1, 300, NULL,
		"where the web interface listens: host:port, [host]:port or unix:/path; a proxy does TLS" },
	SWITCH("web", "with_run", "no", "run serves the web interface too"),
	SWITCH("web", "signup", "no", "people may sign up by themselves; needs instance.web_url"),
	SWITCH("web", "proxy", "no", "requests come from a proxy that sets X-Real-IP"),
	NUMBER("web", "connections", "1000", 1, 100000, "connections at one time"),
	NUMBER("web", "connections_per_address", "32", 1, 100000,
		"connections of one address at one time; without a proxy"),
	NUMBER("web", "head_timeout_s", "10", 1, 600,
		"seconds from the connection to the end of the headers"),
	NUMBER("web", "body_timeout_s", "30", 1, 600,
		"seconds for the body, and for the answer to be taken"),
	NUMBER("web", "asks_per_network_hour", "10", 1, 100000,
		"confirmation mails that one network (/24, /64) may cause in an hour"),
	NUMBER("web", "asks_per_day", "500", 1, 1000000, "confirmation mails in all in a day"),

	TEXT("webhook", "allowed_hosts", "", 2000,
		"hosts that webhooks may reach though they are not public or not https, parted by blanks"),
	NUMBER("webhook", "timeout_s", "15", 1, 600, "seconds one try may take"),
	TEXT("webhook", "ca_file", "", 1000, "certificates to trust instead of the system's"),

	TEXT("run", "fetch_times", "05:15 08:00 11:00 14:00 17:00 20:00 00:30", 400,
		"times of day, Paris, at which `run` fetches and matches"),
	NUMBER("run", "deliver_every_s", "60", 5, 3600,
		"seconds between looks at what is due to be sent"),
};
#undef TEXT
#undef NUMBER
#undef SWITCH
const size_t settings_n = LENGTH(settings);

struct loading {
	struct app *app;
	const char *path;
};

static int setting(void *data, const char *section, const char *key, struct str value, int line,
	struct error *err)
{
	struct loading *loading = data;
	struct str origin = arena_printf(&loading->app->arena, "%s:%d", loading->path, line);

	return conf_set(&loading->app->conf, section, key, value, origin.ptr, err);
}

int settings_load(struct app *app, const char *path, struct error *err)
{
	struct loading loading = { app, path };
	struct str text;
	int r = file_read(path, INI_FILE_MAX, &app->arena, &text, err);

	if (r < 0)
		return error_set(err, ERROR_CONFIG, "%s", err->text);
	app->conf_path = path;
	return ini_read(text, path, setting, &loading, err);
}
