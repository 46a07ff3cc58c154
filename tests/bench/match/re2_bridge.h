/* FilteredRE2 as C sees it. */
#ifndef BENCH_RE2_BRIDGE_H
#define BENCH_RE2_BRIDGE_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct re2_filter;

struct re2_filter *re2_filter_new(void);
void re2_filter_free(struct re2_filter *filter);
/* Patterns are numbered from 0 in the order added; false: RE2 does not know the syntax. */
bool re2_filter_add(struct re2_filter *filter, const char *pattern, size_t len, int *ret_id);
void re2_filter_compile(struct re2_filter *filter);
/* Numbers of the patterns that match, each once; valid until the next call. */
size_t re2_filter_match(struct re2_filter *filter, const char *text, size_t len, const int **ret);

#ifdef __cplusplus
}
#endif

#endif
