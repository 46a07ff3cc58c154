/*
 * One event, one line on standard error: time, level, module, then short facts as key=value.
 * Only flow, web and app log; everything below returns. Control bytes, invalid UTF-8 and bidi marks
 * are escaped here (RELIABILITY W11), so that a notice cannot forge a line. Never pass a full e-mail
 * address, token or password.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/macros.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };

/* Lines below this level are dropped. Default LOG_WARN: commands are quiet, `run` raises it. */
void log_set_level(enum log_level level);

/* log_info("fetch", "source=boamp new=7 changed=2 ms=1312") */
void log_debug(const char *module, const char *fmt, ...) PRINTF_LIKE(2, 3);
void log_info(const char *module, const char *fmt, ...) PRINTF_LIKE(2, 3);
void log_warn(const char *module, const char *fmt, ...) PRINTF_LIKE(2, 3);
void log_error(const char *module, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
