/* Packages: tar, tar.gz, zip, gzip; through a file in memory, since the gate reads descriptors. */
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "gate/archive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(archive_closep) struct archive_reader *reader = NULL;
	struct error err = ERROR_INIT;
	int fd = memfd_create("fuzz", MFD_CLOEXEC), r;

	PROMISED(fd >= 0);
	(void)archive_recognise(str_n((const char *)data, size));
	if (write(fd, data, size) != (ssize_t)size || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	r = archive_open(fd, &reader, &err);
	/* Bombs may have many entries: some are enough here. */
	for (int i = 0; r >= 0 && r != ARCHIVE_END && i < 200; i++) {
		CLEANUP(arena_done) struct arena arena = { 0 };
		struct str name, bytes;

		r = archive_next(reader, &arena, &name, &bytes, &err);
		if (r == 0) {
			PROMISED(bytes.len <= ARCHIVE_ENTRY_MAX);
			PROMISED(str_find_char(name, '\n') == SIZE_MAX);
		}
	}
	if (r < 0)
		fuzz_refused(r, &err);
	archive_closep(&reader);
	close(fd);
	return 0;
}
