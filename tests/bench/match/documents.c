#include "workload.h"

#include <math.h>

#include "base/buf.h"
#include "base/fold.h"
#include "random.h"

enum {
	MEDIAN = 3800,
	SMALLEST = 400,
	LARGEST = 200 << 10,
	FIELD_LARGEST = 60 << 10, /* what one field may hold and be read whole */
	LOT_LARGEST = 8 << 10,
	LOTS_LARGEST = 200,
	FRESH_PERCENT = 30,       /* pieces that bring a name or a reference never seen before */
};
static const double sizes_sigma = 1.5; /* mean of about 3 medians, as measured on real notices */

/* Base 2 reversed: any first part of the series is spread evenly over (0, 1). */
static double evenly(size_t i)
{
	double x = 0, digit = 0.5;

	for (i++; i != 0; i >>= 1, digit /= 2)
		if (i & 1)
			x += digit;
	return x;
}

/* The standard normal value below which a share `p` lies, by halving. */
static double normal_quantile(double p)
{
	double low = -6, high = 6;

	for (int i = 0; i < 50; i++) {
		double middle = (low + high) / 2;

		if (erfc(-middle / sqrt(2)) / 2 < p)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static size_t size_of(const struct workload_options *options, size_t i)
{
	double size = MEDIAN * exp(sizes_sigma * normal_quantile(evenly(i)));

	if (options->bytes != 0)
		return options->bytes;
	return size < SMALLEST ? SMALLEST : size > LARGEST ? LARGEST : (size_t)size;
}

struct writer {
	struct workload *workload;
	const struct corpus *corpus;
	struct random random;
};

/* A name or a reference as each new notice brings some: "Belrani", "2026M0412". */
static void add_fresh(struct writer *w, struct buf *out)
{
	static const char *const syllables[] = { "ba", "rel", "ni", "tor", "mi", "sa", "que", "lon", "vi",
		"dra", "pe", "chau", "mer", "gi", "os", "tan" };

	if (random_percent(&w->random, 50)) {
		buf_addf(out, "2026M%04zu", random_below(&w->random, 10000));
		return;
	}
	for (size_t i = 3 + random_below(&w->random, 2); i > 0; i--)
		buf_addz(out, syllables[random_below(&w->random, LENGTH(syllables))]);
}

static struct str any(struct writer *w, const struct texts *texts)
{
	return texts->at[random_below(&w->random, texts->n)];
}

/* About `size` bytes of prose, behind what is given. */
static struct str prose(struct writer *w, struct str given, size_t size)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(FIELD_LARGEST + 4096);

	buf_adds(&out, given);
	while (out.len < size) {
		struct str piece = random_percent(&w->random, 60) ? any(w, &w->corpus->pieces)
								     : any(w, &w->corpus->titles);

		if (out.len > 0)
			buf_addc(&out, random_percent(&w->random, 30) ? '\n' : ' ');
		buf_adds(&out, str_clip(piece, size - out.len));
		if (random_percent(&w->random, FRESH_PERCENT)) {
			buf_addc(&out, ' ');
			add_fresh(w, &out);
		}
	}
	return arena_dup(&w->workload->arena, str_clip(buf_str(&out), size));
}

static size_t lot_bytes(const struct lot *lot)
{
	return lot->title.len + lot->description.len;
}

/* The base's own lots come first, then others are made up until the document has its size. */
static void add_lots(struct writer *w, struct notice *notice, const struct notice *base, size_t size)
{
	struct lot *lots = arena_array(&w->workload->arena, struct lot, LOTS_LARGEST);
	size_t n = 0;

	for (; size > 0 && n < LOTS_LARGEST; n++) {
		lot_init(&lots[n]);
		lots[n].id = arena_printf(&w->workload->arena, "LOT-%04zu", n + 1);
		if (n < base->n_lots) {
			lots[n] = base->lots[n];
			lots[n].title = str_clip(lots[n].title, size);
			lots[n].description = str_clip(lots[n].description, size - lots[n].title.len);
		} else {
			size_t most = size < LOT_LARGEST ? size : LOT_LARGEST;

			lots[n].title = str_clip(any(w, &w->corpus->titles), most);
			lots[n].description = prose(w, STR(""), (size_t)random_below(&w->random, most) / 2 +
									most / 2 - lots[n].title.len / 2);
			lots[n].nature = base->nature;
			codes_add(&lots[n].cpv, &w->workload->arena,
				notice->cpv.at[random_below(&w->random, notice->cpv.n)]);
		}
		size -= lot_bytes(&lots[n]) < size ? lot_bytes(&lots[n]) : size;
	}
	notice->lots = lots;
	notice->n_lots = n;
}

static void make(struct writer *w, struct notice *notice, size_t number, size_t size)
{
	const struct notice *base =
		&w->corpus->notices.at[random_below(&w->random, w->corpus->notices.n)];
	struct codes own = { NULL, 0, 0 };
	size_t description;

	*notice = *base;
	notice_set_id(notice, &w->workload->arena, STR("boamp"),
		arena_printf(&w->workload->arena, "26-%05zu", number));
	/* every one a call that may be answered, so that no gate spares the scoring */
	notice->kind = notice->stage = NOTICE_COMPETITION;
	notice->criteria = notice->buyer.name = STR_NONE;
	notice->subjects = (struct codes){ NULL, 0, 0 };
	for (size_t i = 0; i < base->cpv.n; i++)
		codes_add(&own, &w->workload->arena, base->cpv.at[i]);
	if (own.n == 0)
		codes_add(&own, &w->workload->arena, any(w, &w->corpus->codes));
	notice->cpv = own;
	notice->title = str_clip(base->title, size);
	size -= notice->title.len;
	description = size < MEDIAN ? size : size / 4;
	if (description > FIELD_LARGEST)
		description = FIELD_LARGEST;
	notice->description = prose(w, str_clip(base->description, description), description);
	add_lots(w, notice, base, size - notice->description.len);
}

static void add_folded(struct workload *workload, struct buf *out, struct str text)
{
	struct arena arena = ARENA_INIT;

	if (text.len > 0) {
		struct folded folded = fold(&arena, text);

		workload->bytes += text.len;
		if (folded.n_words > 0) {
			buf_adds(out, folded.text);
			buf_addc(out, '\n');
		}
	}
	arena_done(&arena);
}

static struct str folded_text(struct workload *workload, const struct notice *notice)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(16 << 20);

	add_folded(workload, &out, notice->title);
	add_folded(workload, &out, notice->description);
	for (size_t i = 0; i < notice->n_lots; i++) {
		add_folded(workload, &out, notice->lots[i].title);
		add_folded(workload, &out, notice->lots[i].description);
	}
	workload->folded += out.len;
	return arena_dup(&workload->arena, buf_str(&out));
}

static size_t text_bytes(const struct notice *notice)
{
	size_t bytes = notice->title.len + notice->description.len + notice->criteria.len;

	for (size_t i = 0; i < notice->n_lots; i++)
		bytes += lot_bytes(&notice->lots[i]);
	return bytes;
}

void workload_real_documents(struct workload *workload, const struct corpus *corpus,
	const struct workload_options *options)
{
	size_t n = 0;

	workload->notices = arena_array(&workload->arena, struct notice, options->documents);
	workload->texts = arena_array(&workload->arena, struct str, options->documents);
	for (size_t i = 0; i < corpus->notices.n && n < options->documents; i++)
		if (text_bytes(&corpus->notices.at[i]) >= SMALLEST)
			workload->notices[n++] = corpus->notices.at[i];
	for (size_t i = n; n > 0 && i < options->documents; i++)
		workload->notices[i] = workload->notices[i - n];
	workload->n_documents = n > 0 ? options->documents : 0;
	for (size_t i = 0; i < workload->n_documents; i++)
		workload->texts[i] = folded_text(workload, &workload->notices[i]);
}

void workload_documents(struct workload *workload, const struct corpus *corpus,
	const struct workload_options *options)
{
	struct writer w = { workload, corpus, { options->seed ^ 1 } };

	workload->n_documents = options->documents;
	workload->notices = arena_array(&workload->arena, struct notice, options->documents);
	workload->texts = arena_array(&workload->arena, struct str, options->documents);
	for (size_t i = 0; i < options->documents; i++) {
		make(&w, &workload->notices[i], i, size_of(options, i));
		workload->texts[i] = folded_text(workload, &workload->notices[i]);
	}
}
