/* Templates: first byte even: .txt, odd: .html; some values with what markup is made of. */
#include "fuzz.h"
#include "../unit/render/template_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_done) struct arena arena = { 0 };
	CLEANUP(buf_done) struct buf out = BUF_INIT(1 << 20);
	struct value *root = value_map(&arena), *list = value_list(&arena), *item;
	struct error err = ERROR_INIT;
	int r;

	if (size == 0)
		return 0;
	value_set_text(root, "title", STR("a <b> \"c\" & 'd' {{e}}"));
	value_set_text(root, "url", STR("javascript:alert(1)"));
	value_set_bool(root, "yes", true);
	value_set_number(root, "n", 7);
	for (int i = 0; i < 3; i++) {
		item = value_map(&arena);
		value_set_number(item, "n", i);
		value_append(list, item);
	}
	value_set(root, "list", list);
	r = template_render_text(data[0] & 1 ? "fuzz.html" : "fuzz.txt",
		str_n((const char *)data + 1, size - 1), root, &out, &err);
	if (r < 0) {
		fuzz_refused(r, &err);
		PROMISED(out.len == 0);
	}
	return 0;
}
