#include "pack.h"

#include <lz4frame.h>

static const char magic[] = "\x04\x22\x4d\x18"; /* first bytes of every frame */

/* Fewer are not worth a frame. */
enum { PACK_MIN = 128 };

static bool is_frame(struct str bytes)
{
	return str_prefix(&bytes, magic);
}

struct str pack(struct str bytes, struct arena *arena)
{
	LZ4F_preferences_t preferences = LZ4F_INIT_PREFERENCES;
	size_t room, size;
	char *out;

	if (bytes.len < PACK_MIN && !is_frame(bytes))
		return bytes;
	preferences.frameInfo.contentSize = bytes.len;
	preferences.frameInfo.contentChecksumFlag = LZ4F_contentChecksumEnabled;
	room = LZ4F_compressFrameBound(bytes.len, &preferences);
	out = arena_reserve(arena, room);
	size = LZ4F_compressFrame(out, room, bytes.ptr, bytes.len, &preferences);
	if (LZ4F_isError(size))
		die("LZ4: %s", LZ4F_getErrorName(size)); /* of memory, or of ours: there is room */
	if (size >= bytes.len && !is_frame(bytes))
		return bytes;
	arena_commit(arena, out, size);
	return str_n(out, size);
}

static int undo(LZ4F_dctx *dctx, struct str packed, size_t max, struct arena *arena, struct str *ret,
	struct error *err)
{
	LZ4F_frameInfo_t info;
	size_t header = packed.len, in, out, left;
	char *bytes;

	left = LZ4F_getFrameInfo(dctx, &info, packed.ptr, &header);
	if (LZ4F_isError(left))
		return error_set(err, ERROR_STORE, "packed bytes are damaged: %s", LZ4F_getErrorName(left));
	if (info.contentSize > max)
		return error_set(err, ERROR_LIMIT, "packed bytes are more than %zu", max);
	bytes = arena_reserve(arena, (size_t)info.contentSize + 1);
	in = packed.len - header;
	out = (size_t)info.contentSize;
	left = LZ4F_decompress(dctx, bytes, &out, packed.ptr + header, &in, NULL);
	if (left != 0 || out != info.contentSize)
		return error_set(err, ERROR_STORE, "packed bytes are damaged: %s",
			LZ4F_isError(left) ? LZ4F_getErrorName(left) : "cut off");
	bytes[out] = '\0';
	arena_commit(arena, bytes, out + 1);
	*ret = str_n(bytes, out);
	return 0;
}

int unpack(struct str packed, size_t max, struct arena *arena, struct str *ret, struct error *err)
{
	LZ4F_dctx *dctx = NULL;
	int r;

	if (!is_frame(packed)) {
		*ret = packed;
		return 0;
	}
	if (LZ4F_isError(LZ4F_createDecompressionContext(&dctx, LZ4F_VERSION)))
		die("out of memory (LZ4)");
	r = undo(dctx, packed, max, arena, ret, err);
	LZ4F_freeDecompressionContext(dctx);
	return r;
}
