/*
 * Packages, read as a stream, never unpacked to paths (RELIABILITY X6): tar, tar.gz, zip, and one
 * gzipped file, recognised by content. gzip is undone with zlib so that CRC and length are checked;
 * at most one gzip layer. Only regular files are given; anything else is skipped and counted.
 */
#ifndef GATE_ARCHIVE_H
#define GATE_ARCHIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

enum {
	ARCHIVE_ENTRIES_MAX = 100000,
	ARCHIVE_ENTRY_MAX = 16 << 20, /* bytes of one file */
	ARCHIVE_RATIO_MAX = 200,      /* unpacked : packed, once more than 1 MiB came out */
};
#define ARCHIVE_UNPACKED_MAX (INT64_C(8) << 30)

/* True when the first bytes are those of gzip, zip or tar; `head` should have 512 bytes or more. */
bool archive_recognise(struct str head);

/*
 * Reads a gzipped file once to its end, without keeping anything, and goes back to where it was: does
 * what comes out have the checksum that gzip names? ERROR_INPUT when it has not: then no entry of it can
 * be trusted, though each may look good. 0 for everything else, cut off or over a limit as it may be,
 * and for what is not gzipped: archive_next() will tell. Not for pipes.
 */
int archive_verify(int fd, struct error *err) MUST_CHECK;

struct archive_reader;

/* Reads from a file descriptor the caller keeps open; works on pipes for tar and tar.gz (zip too). */
int archive_open(int fd, struct archive_reader **ret, struct error *err) MUST_CHECK;
void *archive_close(struct archive_reader *reader);
DEFINE_CLEANUP(archive_reader, archive_close);

enum { ARCHIVE_END = 1, ARCHIVE_ENTRY_BAD = 2 };

/*
 * The next regular file, its bytes and its name (for messages only, control bytes replaced) in
 * `arena`. ARCHIVE_END: no more, and the archive closed properly. ARCHIVE_ENTRY_BAD: this one entry
 * is over a limit or damaged, `err` tells which; go on with the next.
 * Negative: the archive cannot be read further (cut, wrong CRC, bomb); what came before is good.
 */
int archive_next(struct archive_reader *reader, struct arena *arena, struct str *ret_name,
	struct str *ret_bytes, struct error *err) MUST_CHECK;

#endif
