#include "app.h"

#include "gate/file.h"
#include "gate/ini.h"

/*
 * Every setting there is. The table also writes the commented file of `init`, prints `config show` and
 * the manual appariteur.conf(5). Keep the rows of a section together.
 */
const struct conf_row settings[] = {
	{ "instance", "name", CONF_TEXT, "Appariteur", 0, 120, NULL, "who runs this instance, in the footer of each mail" },
	{ "instance", "web_url", CONF_TEXT, "", 0, 300, NULL, "address of the web interface, for one-click links: https, or http of this machine to try it" },

	{ "fetch", "user_agent", CONF_TEXT, "appariteur/" APPARITEUR_VERSION " (public procurement notices for start-ups)", 0, 200, NULL, "how we name ourselves to publishers; add a contact" },
	{ "fetch", "ca_file", CONF_TEXT, "", 0, 1000, NULL, "certificates to trust instead of the system's" },
	{ "fetch", "boamp_url", CONF_TEXT, "https://echanges.dila.gouv.fr/OPENDATA/BOAMP", 0, 500, NULL, "BOAMP open-data flux, up to the folders of years" },
	{ "fetch", "explore_url", CONF_TEXT, "https://boamp-datadila.opendatasoft.com/api/explore/v2.1/catalog/datasets/boamp", 0, 500, NULL, "BOAMP Explore API, up to the dataset" },
	{ "fetch", "ted_api_url", CONF_TEXT, "https://api.ted.europa.eu", 0, 500, NULL, "TED Search API" },
	{ "fetch", "ted_url", CONF_TEXT, "https://ted.europa.eu", 0, 500, NULL, "TED, for the notices themselves" },
	{ "fetch", "ted_country", CONF_TEXT, "FRA", 0, 3, NULL, "country of the buyers to ask TED for, three letters" },
	{ "fetch", "overlap_days", CONF_INT, "3", 0, 60, NULL, "days before the last complete one that each run reads again" },
	{ "fetch", "tries", CONF_INT, "5", 1, 20, NULL, "tries per request before the day stays a gap" },
	{ "fetch", "wait_base_ms", CONF_INT, "1000", 0, 600000, NULL, "first wait between tries, milliseconds; doubles, with jitter" },
	{ "fetch", "wait_max_ms", CONF_INT, "60000", 0, 21600000, NULL, "longest wait, milliseconds; a longer Retry-After ends the run" },
	{ "fetch", "pause_ms", CONF_INT, "100", 0, 60000, NULL, "pause between two requests to one host, milliseconds" },
	{ "fetch", "connect_timeout_s", CONF_INT, "15", 1, 600, NULL, "seconds to connect" },
	{ "fetch", "stall_timeout_s", CONF_INT, "30", 1, 600, NULL, "seconds under 1 KB/s before a transfer is given up" },
	{ "fetch", "total_timeout_s", CONF_INT, "1800", 1, 86400, NULL, "seconds a transfer may take in all" },
	{ "fetch", "body_max", CONF_INT, "16777216", 1024, 536870912, NULL, "largest answer, bytes after decompression" },

	{ "source", "boamp", CONF_BOOL, "yes", 0, 0, NULL, "BOAMP by the open-data flux" },
	{ "source", "explore", CONF_BOOL, "no", 0, 0, NULL, "BOAMP by the Explore API: the same notices, for checks" },
	{ "source", "ted", CONF_BOOL, "yes", 0, 0, NULL, "TED, notices with a buyer in ted_country" },

	{ "digest", "hour", CONF_INT, "7", 0, 23, NULL, "hour at which digests are due, in the reader's zone" },
	{ "digest", "minute", CONF_INT, "30", 0, 59, NULL, "and minute" },
	{ "digest", "cards", CONF_INT, "7", 1, 20, NULL, "cards in one digest; the rest is counted" },
	{ "digest", "heartbeat", CONF_BOOL, "yes", 0, 0, NULL, "an empty week still brings a short mail" },

	{ "mail", "relay", CONF_TEXT, "smtp://127.0.0.1:25", 0, 300, NULL, "smtp://host:port or smtps://host:port" },
	{ "mail", "starttls", CONF_BOOL, "no", 0, 0, NULL, "require STARTTLS; a relay that is not this machine needs it, or smtps" },
	{ "mail", "user", CONF_TEXT, "", 0, 200, NULL, "name to log in with; empty: no log-in" },
	{ "mail", "password_file", CONF_TEXT, "", 0, 1000, NULL, "file with the password alone, readable by its owner only" },
	{ "mail", "ca_file", CONF_TEXT, "", 0, 1000, NULL, "certificates to trust instead of the system's" },
	{ "mail", "timeout_s", CONF_INT, "300", 1, 3600, NULL, "seconds one message may take" },
	{ "mail", "connections", CONF_INT, "2", 1, 16, NULL, "connections to the relay at a time" },
	{ "mail", "per_minute", CONF_INT, "0", 0, 100000, NULL, "messages a minute the relay takes from us; 0: as many as there are" },
	{ "mail", "helo", CONF_TEXT, "", 0, 200, NULL, "our name for the relay; empty: the host's" },
	{ "mail", "from", CONF_TEXT, "appariteur@localhost", 0, 254, NULL, "address that digests come from" },
	{ "mail", "from_name", CONF_TEXT, "Appariteur", 0, 120, NULL, "name beside it" },
	{ "mail", "unsubscribe", CONF_TEXT, "", 0, 254, NULL, "address for unsubscribing by mail; empty: the one digests come from" },
	{ "mail", "bounce", CONF_TEXT, "", 0, 200, NULL, "address that refusals come back to, as name+token@host; empty: mail.from" },
	{ "mail", "reply", CONF_TEXT, "", 0, 200, NULL, "address that answers to digests are read from, as name+token@host; empty: none is read" },
	{ "mail", "inbox", CONF_TEXT, "", 0, 1000, NULL, "Maildir that refusals and answers arrive in; empty: none" },
	{ "mail", "admin", CONF_TEXT, "", 0, 254, NULL, "address told of addresses that are disabled; empty: nobody is" },

	{ "web", "listen", CONF_TEXT, "127.0.0.1:8080", 1, 300, NULL, "where the web interface listens: host:port, [host]:port or unix:/path; a proxy does TLS" },
	{ "web", "with_run", CONF_BOOL, "no", 0, 0, NULL, "run serves the web interface too" },
	{ "web", "signup", CONF_BOOL, "no", 0, 0, NULL, "people may sign up by themselves; needs instance.web_url" },
	{ "web", "proxy", CONF_BOOL, "no", 0, 0, NULL, "requests come from a proxy that sets X-Real-IP" },
	{ "web", "connections", CONF_INT, "1000", 1, 100000, NULL, "connections at one time" },
	{ "web", "connections_per_address", CONF_INT, "32", 1, 100000, NULL, "connections of one address at one time; without a proxy" },
	{ "web", "head_timeout_s", CONF_INT, "10", 1, 600, NULL, "seconds from the connection to the end of the headers" },
	{ "web", "body_timeout_s", CONF_INT, "30", 1, 600, NULL, "seconds for the body, and for the answer to be taken" },
	{ "web", "asks_per_network_hour", CONF_INT, "10", 1, 100000, NULL, "confirmation mails that one network (/24, /64) may cause in an hour" },
	{ "web", "asks_per_day", CONF_INT, "500", 1, 1000000, NULL, "confirmation mails in all in a day" },


	{ "webhook", "allowed_hosts", CONF_TEXT, "", 0, 2000, NULL, "hosts that webhooks may reach though they are not public or not https, parted by blanks" },
	{ "webhook", "timeout_s", CONF_INT, "15", 1, 600, NULL, "seconds one try may take" },
	{ "webhook", "ca_file", CONF_TEXT, "", 0, 1000, NULL, "certificates to trust instead of the system's" },

	{ "run", "fetch_times", CONF_TEXT, "05:15 08:00 11:00 14:00 17:00 20:00 00:30", 0, 400, NULL, "times of day, Paris, at which `run` fetches and matches" },
	{ "run", "deliver_every_s", CONF_INT, "60", 5, 3600, NULL, "seconds between looks at what is due to be sent" },
};
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
