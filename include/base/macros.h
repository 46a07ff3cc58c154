/*
 * Small words of the house: checked results, locals that clean up after themselves, visible hand-over.
 */
#ifndef BASE_MACROS_H
#define BASE_MACROS_H

#include <stddef.h>

/* The compiler complains when the result of such a function is dropped. */
#define MUST_CHECK __attribute__((warn_unused_result))

/* Like printf: the format is argument F, its values start at argument A. */
#define PRINTF_LIKE(F, A) __attribute__((format(printf, F, A)))

/* Runs FN(&variable) when the variable goes out of scope, on every way out. */
#define CLEANUP(FN) __attribute__((cleanup(FN)))

#define UNUSED __attribute__((unused))

#define LENGTH(ARRAY) (sizeof(ARRAY) / sizeof((ARRAY)[0]))

/* Hands a pointer over: `*ret = steal(&local);` leaves NULL behind, so that CLEANUP does nothing. */
#define steal(PP)                                                                                  \
	__extension__({                                                                            \
		__typeof__(*(PP)) steal_value_ = *(PP);                                            \
		*(PP) = NULL;                                                                      \
		steal_value_;                                                                      \
	})

/* Declares NAME_cleanup(struct TYPE **) for CLEANUP, from a free function that takes NULL. */
#define DEFINE_CLEANUP(TYPE, FREE)                                                                 \
	static inline void FREE##p(struct TYPE **p)                                                \
	{                                                                                          \
		FREE(*p);                                                                          \
		*p = NULL;                                                                         \
	}                                                                                          \
	struct TYPE

#endif
