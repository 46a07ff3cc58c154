/* digest preview, digest send */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/web_address.h"
#include "commands.h"
#include "flow/digest.h"
#include "gate/file.h"
#include "gate/token.h"

enum { PASSWORD_MAX = 1024, CONNECT_TIMEOUT_S = 30 };

/* settings */

/* Fit for List-Unsubscribe: a host, and only what may stand between its angle brackets. */
static bool web_url_valid(struct str url)
{
	if (!web_address_safe(url))
		return false;
	for (size_t i = 0; i < url.len; i++)
		if (url.ptr[i] <= ' ' || url.ptr[i] >= 0x7f || strchr("<>\"\\,?#", url.ptr[i]) != NULL)
			return false;
	return true;
}

static int check_address(const char *key, const char *address, struct error *err)
{
	if (*address != '\0' && !smtp_address_valid(str_of(address)))
		return error_set(err, ERROR_CONFIG, "mail.%s: \"%s\" is not an address like name@example.org",
			key, address);
	return 0;
}

int digest_settings_of(struct app *app, struct digest_settings *ret, struct error *err)
{
	const struct conf *conf = &app->conf;

	*ret = (struct digest_settings){
		.from = conf_text(conf, "mail", "from").ptr,
		.from_name = conf_text(conf, "mail", "from_name").ptr,
		.instance = conf_text(conf, "instance", "name").ptr,
		.web_url = conf_text(conf, "instance", "web_url").ptr,
		.unsubscribe = conf_text(conf, "mail", "unsubscribe").ptr,
		.bounce = conf_text(conf, "mail", "bounce").ptr,
		.reply = conf_text(conf, "mail", "reply").ptr,
		.admin = conf_text(conf, "mail", "admin").ptr,
		.hour = (int)conf_int(conf, "digest", "hour"),
		.minute = (int)conf_int(conf, "digest", "minute"),
		.cards = (int)conf_int(conf, "digest", "cards"),
		.heartbeat = conf_bool(conf, "digest", "heartbeat"),
	};
	if (!smtp_address_valid(str_of(ret->from)))
		return error_set(err, ERROR_CONFIG,
			"mail.from: \"%s\" is not an address like name@example.org", ret->from);
	if (*ret->unsubscribe != '\0' && !smtp_address_valid(str_of(ret->unsubscribe)))
		return error_set(err, ERROR_CONFIG,
			"mail.unsubscribe: \"%s\" is not an address like name@example.org", ret->unsubscribe);
	if (check_address("bounce", ret->bounce, err) < 0 || check_address("reply", ret->reply, err) < 0 ||
		check_address("admin", ret->admin, err) < 0)
		return -(int)err->kind;
	if (*ret->web_url != '\0' && !web_url_valid(str_of(ret->web_url)))
		return error_set(err, ERROR_CONFIG,
			"instance.web_url: \"%s\" is not an https:// address without query and blanks, like "
			"https://veille.example.org (http:// is for localhost, 127.0.0.1 and [::1] alone)",
			ret->web_url);
	return 0;
}

static const char *text_or_null(const struct conf *conf, const char *section, const char *key)
{
	struct str text = conf_text(conf, section, key);

	return text.len > 0 ? text.ptr : NULL;
}

/*
 * What others may not do with the password file. A credential that systemd hands over is readable for us
 * by an access list, whose mask stat() shows as bits of the group; its folder is ours alone.
 */
static unsigned forbidden_bits(struct app *app, const char *path)
{
	const char *folder = getenv("CREDENTIALS_DIRECTORY");

	if (folder != NULL && *folder == '/' &&
		str_starts(str_of(path), arena_printf(&app->arena, "%s/", folder).ptr))
		return 007;
	return 077;
}

/* The password alone, in a file that nobody else can read. */
static int read_password(struct app *app, const char *path, const char **ret, struct error *err)
{
	CLEANUP(file_close) int fd = -1;
	struct stat st;
	struct str text;

	if (file_open(path, &fd, err) < 0 ||
		file_read_fd(fd, path, PASSWORD_MAX, &app->arena, &text, err) < 0)
		return error_set(err, ERROR_CONFIG, "mail.password_file: %s", err->text);
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (st.st_mode & forbidden_bits(app, path)) != 0)
		return error_set(err, ERROR_CONFIG,
			"mail.password_file: %s can be read by others; chmod 600 it", path);
	while (text.len > 0 && (text.ptr[text.len - 1] == '\n' || text.ptr[text.len - 1] == '\r'))
		text.len--;
	((char *)text.ptr)[text.len] = '\0';
	if (text.len == 0 || strlen(text.ptr) != text.len)
		return error_set(err, ERROR_CONFIG, "mail.password_file: %s holds no password", path);
	*ret = text.ptr;
	return 0;
}

int smtp_options_of(struct app *app, struct smtp_options *ret, struct error *err)
{
	const struct conf *conf = &app->conf;
	const char *file = text_or_null(conf, "mail", "password_file");
	int timeout_s = (int)conf_int(conf, "mail", "timeout_s");
	struct str url = app_text(app, "smtp");

	*ret = (struct smtp_options){
		.url = str_given(url) ? url.ptr : conf_text(conf, "mail", "relay").ptr,
		.starttls = conf_bool(conf, "mail", "starttls"),
		.user = text_or_null(conf, "mail", "user"),
		.ca_file = text_or_null(conf, "mail", "ca_file"),
		.helo = text_or_null(conf, "mail", "helo"),
		.connect_timeout_s = timeout_s < CONNECT_TIMEOUT_S ? timeout_s : CONNECT_TIMEOUT_S,
		.total_timeout_s = timeout_s,
	};
	if (ret->user != NULL && file == NULL)
		return error_set(err, ERROR_CONFIG, "mail.user needs mail.password_file");
	return ret->user != NULL ? read_password(app, file, &ret->password, err) : 0;
}

void smtp_options_wipe(struct smtp_options *options)
{
	if (options->password != NULL)
		token_wipe((char *)options->password, strlen(options->password));
	options->password = NULL;
}

/* preview */

int cmd_digest_preview(struct app *app, struct error *err)
{
	struct str format = app_text(app, "format"), text;
	struct digest_settings digest;
	struct json_writer *w;
	int r = digest_settings_of(app, &digest, err);

	if (!str_given(format))
		format = STR("text");
	if (r >= 0)
		r = digest_preview(app->db, &digest, app_operand(app, 0),
			str_eqz(format, "html")  ? DIGEST_HTML
			: str_eqz(format, "eml") ? DIGEST_EML
						 : DIGEST_TEXT,
			app->now, &app->arena, &text, err);
	if (r < 0)
		return r;
	if (!app->json) {
		fwrite(text.ptr, 1, text.len, stdout);
		return 0;
	}
	w = out_json(app);
	json_open_object(w);
	json_add_str(w, "profile", app_operand(app, 0));
	json_add_str(w, "format", format);
	json_add_str(w, "text", text);
	json_close_object(w);
	out_json_end(app);
	return 0;
}

/* send */

static int64_t fixed_now; /* with --now the relay meets a clock that stands still */

static int64_t real_clock(void)
{
	return (int64_t)time(NULL);
}

static int64_t fixed_clock(void)
{
	return fixed_now;
}

int deliver(struct app *app, int64_t now, struct delivery_count *ret, struct error *err)
{
	struct str dir = app_text(app, "to-dir");
	struct digest_settings digest;
	const struct delivery_limits limits = {
		.settings = &digest,
		.connections = (int)conf_int(&app->conf, "mail", "connections"),
		.per_minute = (int)conf_int(&app->conf, "mail", "per_minute"),
	};
	struct smtp_options options;
	int r;

	*ret = (struct delivery_count){ 0, 0, 0, 0, 0, 0 };
	r = digest_settings_of(app, &digest, err);
	if (r < 0)
		return r;
	if (str_given(dir))
		return writing(app, deliver_dir(app->db, dir.ptr, &limits, now, ret, err), err);
	r = smtp_options_of(app, &options, err);
	if (r < 0)
		return r;
	fixed_now = now;
	r = deliver_smtp(app->db, &options, &limits, app->now_given ? fixed_clock : real_clock, ret, err);
	smtp_options_wipe(&options);
	return r;
}

static void show_counts(struct app *app, const struct digest_count *composed,
	const struct delivery_count *sent)
{
	const struct {
		const char *key;
		int64_t n;
	} numbers[] = {
		{ "composed", composed->composed },
		{ "heartbeats", composed->heartbeats },
		{ "items", composed->items },
		{ "not_due", composed->not_due },
		{ "suppressed", composed->suppressed + sent->suppressed },
		{ "sent", sent->sent },
		{ "later", sent->later },
		{ "failed", composed->failed + sent->failed },
		{ "uncertain", sent->uncertain },
		{ "composed_bytes", composed->bytes },
		{ "bytes", sent->bytes },
	};
	struct json_writer *w;

	if (!app->json) {
		out_line("%lld composed with %lld item%s (%lld heartbeat%s), %lld not due, %lld without "
			 "address or consent",
			(long long)composed->composed, (long long)composed->items,
			plural((size_t)composed->items), (long long)composed->heartbeats,
			plural((size_t)composed->heartbeats), (long long)composed->not_due,
			(long long)composed->suppressed);
		if (!app_flag(app, "dry-run"))
			out_line("%lld sent, %lld to be tried again, %lld failed, %lld uncertain, "
				 "%lld suppressed",
				(long long)sent->sent, (long long)sent->later,
				(long long)(composed->failed + sent->failed),
				(long long)sent->uncertain, (long long)sent->suppressed);
		return;
	}
	w = out_json(app);
	json_open_object(w);
	for (size_t i = 0; i < LENGTH(numbers); i++) {
		json_key(w, numbers[i].key);
		json_put_int(w, numbers[i].n);
	}
	json_close_object(w);
	out_json_end(app);
}

int cmd_digest_send(struct app *app, struct error *err)
{
	struct delivery_count sent = { 0, 0, 0, 0, 0, 0 };
	struct digest_count composed;
	struct digest_settings digest;
	bool dry = app_flag(app, "dry-run");
	int r = digest_settings_of(app, &digest, err);

	stop_on_signals();
	if (r >= 0)
		r = digest_compose(app->db, &digest, app->now, dry, &composed, err);
	if (r >= 0 && !dry)
		r = deliver(app, app->now, &sent, err);
	if (r < 0)
		return r;
	show_counts(app, &composed, &sent);
	if (sent.later + sent.uncertain > 0)
		return EX_TEMPFAIL;
	if (composed.failed > 0)
		return EX_SOFTWARE;
	return sent.failed > 0 ? EX_UNAVAILABLE : 0;
}
