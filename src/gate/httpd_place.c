#include "httpd_place.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <event2/util.h>

#include "base/str.h"

static int unix_place(const char *listen, struct str path, struct httpd_place *ret, struct error *err)
{
	struct sockaddr_un *un = (struct sockaddr_un *)&ret->address;
	struct stat st;

	if (path.len == 0 || path.len >= sizeof(un->sun_path))
		return error_set(err, ERROR_CONFIG, "%s: the path of a socket has 1 to %zu bytes",
			listen, sizeof(un->sun_path) - 1);
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path.ptr, path.len);
	un->sun_path[path.len] = '\0';
	/* one that a dead process left behind; anything else is not ours to remove */
	if (lstat(un->sun_path, &st) == 0 && S_ISSOCK(st.st_mode))
		unlink(un->sun_path);
	ret->len = (int)sizeof(*un);
	ret->socket_path = strdup(un->sun_path);
	if (!ret->socket_path)
		die("out of memory (a path)");
	return 0;
}

static bool has_port(const struct httpd_place *place)
{
	return place->address.ss_family == AF_INET
		       ? ((const struct sockaddr_in *)&place->address)->sin_port != 0
		       : ((const struct sockaddr_in6 *)&place->address)->sin6_port != 0;
}

static void set_port(struct httpd_place *place, uint16_t port)
{
	if (place->address.ss_family == AF_INET)
		((struct sockaddr_in *)&place->address)->sin_port = htons(port);
	else
		((struct sockaddr_in6 *)&place->address)->sin6_port = htons(port);
}

int httpd_place_parse(const char *text, struct httpd_place *ret, struct error *err)
{
	struct str listen = str_of(text);
	char with_port[300];
	bool any_port;

	memset(ret, 0, sizeof(*ret));
	if (str_prefix(&listen, "unix:"))
		return unix_place(text, listen, ret, err);
	ret->len = (int)sizeof(ret->address);
	/* libevent takes no port 0, by which the kernel chooses one */
	any_port = str_ends(listen, ":0");
	snprintf(with_port, sizeof(with_port), "%.*s", STR_ARG(listen));
	if (any_port && listen.len < sizeof(with_port))
		with_port[listen.len - 1] = '1';
	if (evutil_parse_sockaddr_port(with_port, (struct sockaddr *)&ret->address, &ret->len) < 0 ||
		!has_port(ret))
		return error_set(err, ERROR_CONFIG,
			"\"%s\" is no place to listen: 127.0.0.1:8080, [::1]:8080 or unix:/path is expected",
			text);
	if (any_port)
		set_port(ret, 0);
	return 0;
}
