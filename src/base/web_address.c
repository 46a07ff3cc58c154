#include "base/web_address.h"

/* "localhost" or "localhost:8080" */
static bool local_host(struct str host)
{
	static const char *const names[] = { "localhost", "127.0.0.1", "[::1]" };

	for (size_t i = 0; i < LENGTH(names); i++) {
		struct str port = host;

		if (str_prefix(&port, names[i]) && (port.len == 0 || (str_prefix(&port, ":") && str_digits(port))))
			return true;
	}
	return false;
}

bool web_address_local(struct str url)
{
	return str_prefix(&url, "http://") && local_host(str_sub(url, 0, str_find_char(url, '/')));
}

bool web_address_safe(struct str url)
{
	struct str host = url;

	return web_address_local(url) || (str_prefix(&host, "https://") && host.len > 0 && !str_starts(host, "/"));
}
