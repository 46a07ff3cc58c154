/* iCalendar (RFC 5545): one event for each deadline. */
#include "base/buf.h"
#include "render/feed.h"

enum { LINE_BYTES = 75, VALUE_MAX = 16 << 10 };

/* A content line, folded: what follows a fold begins with a blank, which counts (3.1). */
static void line(struct buf *out, const char *name, struct str value)
{
	CLEANUP(buf_done) struct buf whole = BUF_INIT(VALUE_MAX + 200);
	struct str rest, piece;
	size_t room = LINE_BYTES;

	buf_addf(&whole, "%s:", name);
	buf_adds(&whole, str_clip(value, VALUE_MAX));
	for (rest = buf_str(&whole); rest.len > room; rest = str_from(rest, piece.len)) {
		piece = str_clip(rest, room);
		buf_adds(out, piece);
		buf_addz(out, "\r\n ");
		room = LINE_BYTES - 1;
	}
	buf_adds(out, rest);
	buf_addz(out, "\r\n");
}

/* TEXT (3.3.11): backslash, comma, semicolon and line end are escaped; other controls have no place. */
static void text_line(struct buf *out, const char *name, struct str text)
{
	CLEANUP(buf_done) struct buf escaped = BUF_INIT(2 * VALUE_MAX);

	if (str_blank_none(text))
		return;
	text = str_clip(text, VALUE_MAX / 2);
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '\\' || c == ',' || c == ';')
			buf_addc(&escaped, '\\');
		if (c == '\n')
			buf_addz(&escaped, "\\n");
		else if ((unsigned char)c >= 0x20 && c != 0x7f)
			buf_addc(&escaped, c);
	}
	line(out, name, buf_str(&escaped));
}

/* 20261130T110000Z */
static void instant_line(struct buf *out, const char *name, int64_t at)
{
	struct civil c = civil_from_utc(at);
	CLEANUP(buf_done) struct buf value = BUF_INIT(64);

	buf_addf(&value, "%04d%02d%02dT%02d%02d%02dZ", c.year, c.month, c.day, c.hour, c.minute, c.second);
	line(out, name, buf_str(&value));
}

static void day_line(struct buf *out, const char *name, day_t day)
{
	struct civil c = day_to_civil(day);
	CLEANUP(buf_done) struct buf value = BUF_INIT(64);

	buf_addf(&value, "%04d%02d%02d", c.year, c.month, c.day);
	line(out, name, buf_str(&value));
}

static void alarm_before(struct buf *out, const struct calendar_event *event, const char *trigger)
{
	buf_addz(out, "BEGIN:VALARM\r\n");
	line(out, "ACTION", STR("DISPLAY"));
	text_line(out, "DESCRIPTION", event->title);
	line(out, "TRIGGER", str_of(trigger));
	buf_addz(out, "END:VALARM\r\n");
}

static void event_lines(struct buf *out, const struct calendar_event *event)
{
	CLEANUP(buf_done) struct buf number = BUF_INIT(32);

	buf_addz(out, "BEGIN:VEVENT\r\n");
	text_line(out, "UID", event->uid);
	instant_line(out, "DTSTAMP", event->changed);
	instant_line(out, "LAST-MODIFIED", event->changed);
	buf_addf(&number, "%d", event->sequence);
	line(out, "SEQUENCE", buf_str(&number));
	if (event->all_day) {
		day_line(out, "DTSTART;VALUE=DATE", event->day);
		day_line(out, "DTEND;VALUE=DATE", event->day + 1);
	} else {
		instant_line(out, "DTSTART", event->at); /* without an end it is a moment */
	}
	line(out, "STATUS", event->cancelled ? STR("CANCELLED") :
		event->uncertain ? STR("TENTATIVE") : STR("CONFIRMED"));
	line(out, "TRANSP", STR("TRANSPARENT"));
	text_line(out, "SUMMARY", event->title);
	text_line(out, "DESCRIPTION", event->description);
	text_line(out, "LOCATION", event->place);
	if (str_given(event->url))
		line(out, "URL", event->url);
	if (!event->cancelled) {
		alarm_before(out, event, "-P7D");
		alarm_before(out, event, "-P2D");
	}
	buf_addz(out, "END:VEVENT\r\n");
}

int calendar_format(const struct calendar *calendar, struct arena *arena, struct str *ret,
	struct error *err)
{
	CLEANUP(buf_done) struct buf out = BUF_INIT(FEED_TEXT_MAX);
	int r;

	buf_addz(&out, "BEGIN:VCALENDAR\r\n");
	line(&out, "VERSION", STR("2.0"));
	text_line(&out, "PRODID", calendar->product);
	line(&out, "CALSCALE", STR("GREGORIAN"));
	line(&out, "METHOD", STR("PUBLISH"));
	text_line(&out, "X-WR-CALNAME", calendar->name);
	line(&out, "REFRESH-INTERVAL;VALUE=DURATION", STR("PT6H"));
	line(&out, "X-PUBLISHED-TTL", STR("PT6H"));
	for (size_t i = 0; i < calendar->n; i++)
		event_lines(&out, &calendar->events[i]);
	buf_addz(&out, "END:VCALENDAR\r\n");
	r = buf_check(&out, "the calendar", err);
	if (r >= 0)
		*ret = arena_dup(arena, buf_str(&out));
	return r;
}
