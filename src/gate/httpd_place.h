/* Where a server listens: an address and port, or the path of a socket. */
#ifndef GATE_HTTPD_PLACE_H
#define GATE_HTTPD_PLACE_H

#include <sys/socket.h>

#include "base/error.h"

struct httpd_place {
	struct sockaddr_storage address;
	int len;
	char *socket_path; /* of a socket in the file system, to be freed; else NULL */
};

/*
 * "127.0.0.1:8080", "[::1]:8080", port 0 for any that is free, "unix:/path"; a socket that stands at the path
 * is removed. ERROR_CONFIG when it is none of these.
 */
int httpd_place_parse(const char *text, struct httpd_place *ret, struct error *err) MUST_CHECK;

#endif
