#include <signal.h>

#include "app.h"
#include "gate/http.h"

static void on_stop(int signal UNUSED)
{
	http_stop = 1; /* ends a running transfer, and the loops that look at it */
}

void stop_on_signals(void)
{
	struct sigaction stop = { .sa_handler = on_stop };

	sigemptyset(&stop.sa_mask);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGINT, &stop, NULL);
}
