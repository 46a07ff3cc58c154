#include "flow/receipt.h"

static void put_points(struct json_writer *w, points_t points)
{
	char text[POINTS_FORMAT_MAX];

	json_put_raw(w, str_of(points_format(points, text)));
}

void receipt_to_json(const struct receipt *receipt, const char *key, struct str value,
	struct json_writer *w)
{
	json_open_object(w);
	json_add_str(w, "profile", receipt->profile);
	json_add_str(w, "notice", receipt->notice);
	json_add_str(w, "lot", receipt->lot);
	json_key(w, "score");
	put_points(w, receipt->score);
	json_key(w, "threshold");
	put_points(w, receipt->threshold);
	json_add_int(w, "ruleset", receipt->ruleset);
	json_key(w, "reasons");
	json_open_array(w);
	for (size_t i = 0; i < receipt->n_reasons; i++) {
		const struct reason *reason = &receipt->reasons[i];

		json_open_object(w);
		json_add_str(w, "rule", reason->rule);
		json_key(w, "points");
		put_points(w, reason->points);
		json_add_str(w, "field", reason->field);
		json_add_int(w, "start", reason->start);
		json_add_int(w, "end", reason->end);
		json_add_str(w, "text", reason->text);
		json_close_object(w);
	}
	json_close_array(w);
	if (key != NULL) {
		json_key(w, key);
		json_put_str(w, value);
	}
	json_close_object(w);
}
