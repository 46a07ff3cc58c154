/* The strict reader of requests (RELIABILITY W1), and of forms. */
#include <string.h>

#include "gate/httpd.h"

struct reader {
	struct arena *arena;
	struct httpd_request *request;
	const char *why;
	bool host, length;
};

static int refuse(struct reader *r, int status, const char *why)
{
	r->why = why;
	return status;
}

static bool is_token(struct str s)
{
	static const char others[] = "!#$%&'*+-.^_`|~";

	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    (c != '\0' && strchr(others, c) != NULL)))
			return false;
	}
	return s.len > 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = (char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte that "%xy" at `i` stands for, or -1. */
static int escaped(struct str s, size_t i)
{
	int high, low;

	if (i + 2 >= s.len)
		return -1;
	high = hex_digit(s.ptr[i + 1]);
	low = hex_digit(s.ptr[i + 2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* target */

/* RFC 3986: what may stand in a path or a query as it is. */
static bool is_target_byte(char c)
{
	static const char others[] = "-._~!$&'()*+,;=:@/?%";

	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr(others, c) != NULL);
}

static bool has_dot_segment(struct str path)
{
	struct str segment;

	while (str_cut(&path, '/', &segment))
		if (str_eqz(segment, ".") || str_eqz(segment, ".."))
			return true;
	return false;
}

static int read_path(struct reader *r, struct str path)
{
	char *out = arena_alloc(r->arena, path.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < path.len; i++) {
		int c = (unsigned char)path.ptr[i];

		if (c == '%') {
			c = escaped(path, i);
			if (c < 0)
				return refuse(r, 400, "a broken escape in the target");
			if (c < 0x20 || c == 0x7f || c == '/' || c == '\\' || c == '%')
				return refuse(r, 400, "an escape in the target that hides something");
			i += 2;
		}
		out[n++] = (char)c;
	}
	r->request->path = str_n(out, n);
	if (!str_utf8_valid(r->request->path))
		return refuse(r, 400, "the target is not UTF-8");
	if (has_dot_segment(r->request->path) ||
		str_find(r->request->path, STR("//")) != SIZE_MAX)
		return refuse(r, 400, "the target climbs or repeats slashes");
	return 0;
}

static int read_target(struct reader *r, struct str target)
{
	size_t question;

	if (target.len > HTTPD_TARGET_MAX)
		return refuse(r, 414, "the target is too long");
	if (!str_starts(target, "/"))
		return refuse(r, 400, "the target does not begin with a slash");
	for (size_t i = 0; i < target.len; i++)
		if (!is_target_byte(target.ptr[i]))
			return refuse(r, 400, "a byte in the target that must not be there");
	question = str_find_char(target, '?');
	r->request->query = STR_NONE;
	if (question != SIZE_MAX) {
		r->request->query = arena_dup(r->arena, str_from(target, question + 1));
		target = str_sub(target, 0, question);
		for (size_t i = 0; i < r->request->query.len; i++)
			if (r->request->query.ptr[i] == '%' && escaped(r->request->query, i) <= 0)
				return refuse(r, 400, "a broken escape or a NUL in the query");
	}
	return read_path(r, target);
}

static int read_request_line(struct reader *r, struct str line)
{
	struct str method, target;
	int status;

	if (!str_cut(&line, ' ', &method) || !str_given(line) || !str_cut(&line, ' ', &target) ||
		!str_given(line) || !is_token(method))
		return refuse(r, 400, "not a request line");
	if (!str_eqz(line, "HTTP/1.1") && !str_eqz(line, "HTTP/1.0"))
		return str_starts(line, "HTTP/") && str_find_char(line, ' ') == SIZE_MAX
			       ? refuse(r, 505, "another version of HTTP")
			       : refuse(r, 400, "not a request line");
	if (str_eqz(method, "GET"))
		r->request->method = HTTPD_GET;
	else if (str_eqz(method, "HEAD"))
		r->request->method = HTTPD_HEAD;
	else if (str_eqz(method, "POST"))
		r->request->method = HTTPD_POST;
	else
		return refuse(r, 405, "a method that is not GET, HEAD or POST");
	status = read_target(r, target);
	return status;
}

/* headers */

static bool is_host(struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		char c = value.ptr[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
			    c == '.' || c == '-' || c == '_' || c == ':' || c == '[' || c == ']'))
			return false;
	}
	return value.len > 0 && value.len <= 255;
}

static int read_length(struct reader *r, struct str value)
{
	int64_t n;

	if (r->length)
		return refuse(r, 400, "a second Content-Length");
	if (!str_digits(value))
		return refuse(r, 400, "a Content-Length that is no number");
	if (!str_to_int64(value, &n) || n > HTTPD_BODY_MAX)
		return refuse(r, 413, "the body is too large");
	r->length = true;
	r->request->content_length = (size_t)n;
	return 0;
}

/* Those that decide where a request ends and whom it is for. */
static int read_special(struct reader *r, const struct httpd_field *header)
{
	if (str_eqz(header->name, "host")) {
		if (r->host || !is_host(header->value))
			return refuse(r, 400, "not exactly one good Host");
		r->host = true;
	} else if (str_eqz(header->name, "content-length")) {
		return read_length(r, header->value);
	} else if (str_eqz(header->name, "transfer-encoding")) {
		return refuse(r, 501, "a Transfer-Encoding");
	} else if (str_eqz(header->name, "expect")) {
		return refuse(r, 417, "an Expect");
	}
	return 0;
}

static int read_header(struct reader *r, struct str line)
{
	struct httpd_field *header = &r->request->headers[r->request->n_headers];
	struct str name;
	char *lower;

	if (r->request->n_headers == HTTPD_HEADERS_MAX)
		return refuse(r, 431, "too many headers");
	if (str_find_char(line, ':') == SIZE_MAX || !str_cut(&line, ':', &name) || !is_token(name))
		return refuse(r, 400, "not a header line");
	for (size_t i = 0; i < line.len; i++)
		if ((unsigned char)line.ptr[i] < 0x20 || (unsigned char)line.ptr[i] > 0x7e)
			if (line.ptr[i] != '\t' || str_trim(str_sub(line, 0, i)).len > 0)
				return refuse(r, 400, "a byte in a header that must not be there");
	lower = arena_alloc(r->arena, name.len + 1);
	for (size_t i = 0; i < name.len; i++)
		lower[i] = name.ptr[i] >= 'A' && name.ptr[i] <= 'Z' ? (char)(name.ptr[i] | 0x20)
								    : name.ptr[i];
	header->name = str_n(lower, name.len);
	header->value = arena_dup(r->arena, str_trim(line));
	r->request->n_headers++;
	return read_special(r, header);
}

/* One line up to CR LF, off the front; false when it ends otherwise. */
static bool take_line(struct str *rest, struct str *ret)
{
	size_t lf = str_find_char(*rest, '\n');

	if (lf == SIZE_MAX || lf == 0 || rest->ptr[lf - 1] != '\r')
		return false;
	*ret = str_sub(*rest, 0, lf - 1);
	*rest = str_from(*rest, lf + 1);
	return str_find_char(*ret, '\r') == SIZE_MAX;
}

static int read_head(struct reader *r, struct str head)
{
	struct str line;
	int status;

	if (!take_line(&head, &line))
		return refuse(r, 400, "a line that does not end with CR LF");
	status = read_request_line(r, line);
	while (status == 0) {
		if (!take_line(&head, &line))
			return refuse(r, 400, "a line that does not end with CR LF");
		if (line.len == 0)
			break;
		status = read_header(r, line);
	}
	if (status != 0)
		return status;
	if (head.len > 0)
		return refuse(r, 400, "bytes behind the headers");
	if (!r->host)
		return refuse(r, 400, "not exactly one good Host");
	if (r->request->method == HTTPD_POST && !r->length)
		return refuse(r, 411, "a POST without Content-Length");
	if (r->request->method != HTTPD_POST && r->request->content_length > 0)
		return refuse(r, 400, "a body where none belongs");
	return 0;
}

int httpd_parse(struct str head, struct arena *arena, struct httpd_request *ret, const char **ret_why)
{
	struct reader r = { .arena = arena, .request = ret };
	int status;

	*ret = (struct httpd_request){ .arena = arena };
	ret->headers = arena_array(arena, struct httpd_field, HTTPD_HEADERS_MAX);
	status = head.len > HTTPD_HEAD_MAX ? refuse(&r, 431, "the headers are too long")
					   : read_head(&r, head);
	*ret_why = r.why;
	return status;
}

struct str httpd_header(const struct httpd_request *request, const char *name)
{
	for (size_t i = 0; i < request->n_headers; i++)
		if (str_eqz(request->headers[i].name, name))
			return request->headers[i].value;
	return STR_NONE;
}

/* forms */

/* "+" is a blank, CR LF one line end. STR_NONE: a broken escape, a NUL, or no UTF-8. */
static struct str form_text(struct str raw, struct arena *arena)
{
	char *out = arena_alloc(arena, raw.len + 1);
	size_t n = 0;

	for (size_t i = 0; i < raw.len; i++) {
		int c = raw.ptr[i] == '+' ? ' ' : (unsigned char)raw.ptr[i];

		if (c == '%') {
			c = escaped(raw, i);
			i += 2;
		}
		if (c <= 0)
			return STR_NONE;
		if (c == '\n' && n > 0 && out[n - 1] == '\r')
			n--;
		out[n++] = (char)c;
	}
	return str_utf8_valid(str_n(out, n)) ? str_n(out, n) : STR_NONE;
}

int httpd_form(struct str text, struct arena *arena, struct httpd_field **ret, size_t *ret_n,
	struct error *err)
{
	struct httpd_field *fields = arena_array(arena, struct httpd_field, HTTPD_FIELDS_MAX);
	struct str pair, name;
	size_t n = 0;

	while (text.len > 0 && str_cut(&text, '&', &pair)) {
		if (pair.len == 0)
			continue;
		if (n == HTTPD_FIELDS_MAX)
			return error_set(err, ERROR_LIMIT, "a form of more than %d fields", HTTPD_FIELDS_MAX);
		if (!str_cut(&pair, '=', &name) || !str_given(pair))
			pair = STR("");
		fields[n].name = form_text(name, arena);
		fields[n].value = form_text(pair, arena);
		if (!str_given(fields[n].name) || !str_given(fields[n].value))
			return error_set(err, ERROR_INPUT, "a field of the form that is no text");
		n++;
	}
	*ret = fields;
	*ret_n = n;
	return 0;
}
