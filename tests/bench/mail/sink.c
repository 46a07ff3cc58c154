/*
 * An SMTP sink as fast as one thread can be, and how fast that is.
 *
 *	bench-sink serve PORT          answers yes to everything until its input ends, then tells what it took
 *	bench-sink ceiling PORT N SIZE N messages of SIZE bytes over two connections of its own: the most a
 *	                               sender that did nothing else could deliver to it
 *
 * It reads commands line by line and bodies up to their final dot, and keeps nothing. Loopback only.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 64, READ_MAX = 256 << 10, LINE_SIZE = 1200, OURS = 2 };

struct connection {
	int fd;        /* -1: free */
	bool in_body;
	char line[LINE_SIZE];
	size_t len;
	char tail[5];  /* the last bytes of the body so far */
	size_t tail_len;
};

static struct connection connections[CONNECTIONS_MAX];
static char bytes[READ_MAX];
static uint64_t n_messages, n_bytes;
static double first, last;

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void die_of(const char *what)
{
	perror(what);
	exit(1);
}

static void say(struct connection *c, const char *reply)
{
	if (write(c->fd, reply, strlen(reply)) < 0 && errno != EPIPE && errno != ECONNRESET)
		die_of("write");
}

static void leave(struct connection *c)
{
	close(c->fd);
	c->fd = -1;
}

static void obey(struct connection *c)
{
	if (strncasecmp(c->line, "EHLO", 4) == 0) {
		say(c, "250-sink\r\n250 8BITMIME\r\n");
	} else if (strncasecmp(c->line, "DATA", 4) == 0) {
		c->in_body = true;
		memcpy(c->tail, "\r\n", 2);
		c->tail_len = 2;
		say(c, "354 go on\r\n");
	} else if (strncasecmp(c->line, "QUIT", 4) == 0) {
		say(c, "221 bye\r\n");
		leave(c);
	} else {
		say(c, "250 ok\r\n");
	}
}

/* How much of the bytes belongs to the body; the final dot ends it. */
static size_t take_body(struct connection *c, const char *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (c->tail_len == sizeof(c->tail)) {
			memmove(c->tail, c->tail + 1, sizeof(c->tail) - 1);
			c->tail_len--;
		}
		c->tail[c->tail_len++] = data[i];
		if (data[i] == '\n' && c->tail_len == 5 && memcmp(c->tail, "\r\n.\r\n", 5) == 0) {
			c->in_body = false;
			n_messages++;
			last = seconds();
			if (n_messages == 1)
				first = last;
			say(c, "250 taken\r\n");
			return i + 1;
		}
	}
	return len;
}

static void take(struct connection *c, const char *data, size_t len)
{
	n_bytes += len;
	while (len > 0 && c->fd >= 0) {
		size_t used = 1;

		if (c->in_body) {
			used = take_body(c, data, len);
		} else if (*data == '\n') {
			c->line[c->len] = '\0';
			c->len = 0;
			obey(c);
		} else if (c->len < LINE_SIZE - 1) {
			c->line[c->len++] = *data;
		}
		data += used;
		len -= used;
	}
}

static int loopback(struct sockaddr_in *address, const char *port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die_of("socket");
	*address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons((uint16_t)strtoul(port, NULL, 10)) };
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return fd;
}

static void welcome(int listener)
{
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC), one = 1;

	if (fd < 0)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		if (connections[i].fd < 0) {
			connections[i] = (struct connection){ .fd = fd };
			say(&connections[i], "220 sink\r\n");
			return;
		}
	close(fd);
}

static void read_from(struct connection *c)
{
	ssize_t got = read(c->fd, bytes, sizeof(bytes));

	if (got > 0)
		take(c, bytes, (size_t)got);
	else if (got == 0 || (errno != EAGAIN && errno != EINTR))
		leave(c);
}

static int serve(const char *port)
{
	struct sockaddr_in address;
	int listener = loopback(&address, port), one = 1;
	struct pollfd polled[CONNECTIONS_MAX + 2];

	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) < 0 || listen(listener, 64) < 0)
		die_of("listen");
	for (size_t i = 0; i < CONNECTIONS_MAX; i++)
		connections[i].fd = -1;
	puts("ready");
	fflush(stdout);
	for (;;) {
		polled[0] = (struct pollfd){ .fd = 0, .events = POLLIN };
		polled[1] = (struct pollfd){ .fd = listener, .events = POLLIN };
		for (size_t i = 0; i < CONNECTIONS_MAX; i++)
			polled[i + 2] = (struct pollfd){ .fd = connections[i].fd, .events = POLLIN };
		if (poll(polled, CONNECTIONS_MAX + 2, -1) < 0)
			die_of("poll");
		if (polled[0].revents != 0)
			break;
		if (polled[1].revents != 0)
			welcome(listener);
		for (size_t i = 0; i < CONNECTIONS_MAX; i++)
			if (polled[i + 2].revents != 0)
				read_from(&connections[i]);
	}
	printf("%llu messages, %llu bytes, %.0f messages/s between the first and the last\n",
		(unsigned long long)n_messages, (unsigned long long)n_bytes,
		last > first ? (double)(n_messages - 1) / (last - first) : 0.0);
	return 0;
}

/* the ceiling */

static void expect(int fd)
{
	char reply[512];
	size_t len = 0;

	do {
		ssize_t got = read(fd, reply + len, sizeof(reply) - len);

		if (got <= 0)
			die_of("read");
		len += (size_t)got;
	} while (reply[len - 1] != '\n' || (len > 8 && strstr(reply, "250-") == reply && !strstr(reply, "\n250 ")));
}

static void talk(int fd, const char *text, size_t len)
{
	if (write(fd, text, len) != (ssize_t)len)
		die_of("write");
	expect(fd);
}

static void send_many(const char *port, int count, size_t size)
{
	struct sockaddr_in address;
	char *message = malloc(size + 5);
	int fd = loopback(&address, port), one = 1;

	if (!message || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		die_of("connect");
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	for (size_t i = 0; i < size; i++)
		message[i] = i % 70 == 68 ? '\r' : i % 70 == 69 ? '\n' : 'x';
	memcpy(message + size, "\r\n.\r\n", 5);
	expect(fd);
	talk(fd, "EHLO bench\r\n", 12);
	for (int i = 0; i < count; i++) {
		talk(fd, "MAIL FROM:<a@example.org>\r\n", 27);
		talk(fd, "RCPT TO:<b@example.org>\r\n", 25);
		talk(fd, "DATA\r\n", 6);
		talk(fd, message, size + 5);
	}
	talk(fd, "QUIT\r\n", 6);
	free(message);
}

static int ceiling(const char *port, int count, size_t size)
{
	double begun = seconds();

	for (int i = 1; i < OURS; i++) {
		pid_t child = fork();

		if (child < 0)
			die_of("fork");
		if (child == 0) {
			send_many(port, count / OURS, size);
			_exit(0);
		}
	}
	send_many(port, count / OURS, size);
	while (wait(NULL) > 0)
		;
	printf("%.0f messages/s of %zu bytes over %d connections: the sink's own ceiling\n",
		count / (seconds() - begun), size, OURS);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "serve") == 0)
		return serve(argv[2]);
	if (argc == 5 && strcmp(argv[1], "ceiling") == 0)
		return ceiling(argv[2], (int)strtol(argv[3], NULL, 10), (size_t)strtoul(argv[4], NULL, 10));
	fprintf(stderr, "%s serve PORT | ceiling PORT N SIZE\n", argv[0]);
	return 64;
}
