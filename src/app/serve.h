/* cmd_serve.c: the web interface, for `serve` and for `run` */
#ifndef APP_SERVE_H
#define APP_SERVE_H

#include "app.h"

struct serving;
/* Listens; answers begin with serving_start(), or in `serve` itself. */
int serving_open(struct app *app, struct serving **ret, struct error *err) MUST_CHECK;
void *serving_close(struct serving *serving);
DEFINE_CLEANUP(serving, serving_close);
/* In a thread of its own, until http_stop is set; then serving_join(). */
int serving_start(struct serving *serving, struct error *err) MUST_CHECK;
void serving_join(struct serving *serving);

#endif
