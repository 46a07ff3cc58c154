/* One reader, FUZZ_FORMAT: any bytes are a notice that keeps its promises, or are refused with a reason. */
#include "base/buf.h"
#include "fuzz.h"
#include "source/exchange.h"
#include "source/source.h"

static void check_text(struct str text, size_t max)
{
	PROMISED(text.len <= max);
	PROMISED(str_utf8_valid(text));
}

static void check_term(const struct term *term)
{
	PROMISED(term->length <= TERM_LENGTH_MAX && term->renewals >= TERM_RENEWALS_NONE);
	(void)term_over_renewed(term, term->start);
}

static void check_notice(const struct notice *n)
{
	struct money total;

	PROMISED(n->id.len > 0 && n->ref.len > 0 && n->source.len > 0);
	PROMISED(n->n_lots <= NOTICE_LOTS_MAX && n->n_awards <= AWARDS_MAX);
	check_text(n->title, NOTICE_TITLE_MAX);
	check_text(n->description, NOTICE_TEXT_MAX);
	check_text(n->buyer.name, SIZE_MAX);
	check_term(&n->term);
	for (size_t i = 0; i < n->n_lots; i++) {
		check_text(n->lots[i].title, NOTICE_TITLE_MAX);
		check_text(n->lots[i].description, NOTICE_TEXT_MAX);
		check_term(&n->lots[i].term);
	}
	for (size_t i = 0; i < n->n_awards; i++)
		PROMISED(n->awards[i].n_winners <= WINNERS_MAX);
	(void)notice_awarded(n, &total);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_done) struct arena arena = { 0 };
	CLEANUP(buf_done) struct buf out = BUF_INIT(256 << 20);
	struct json_writer w = { .out = &out };
	struct error err = ERROR_INIT;
	struct notice notice;
	int r = source_read(
		FUZZ_FORMAT, str_n((const char *)data, size), &arena, &notice, &err);

	if (r < 0) {
		fuzz_refused(r, &err);
		return 0;
	}
	PROMISED(r == 0);
	check_notice(&notice);
	notice_to_json(&notice, true, &w);
	return 0;
}
