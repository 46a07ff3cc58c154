/* Quoted-printable bodies (RFC 2045 6.7). */
#ifndef RENDER_MAIL_BODY_H
#define RENDER_MAIL_BODY_H

#include "base/buf.h"

/*
 * Lines of at most 76 characters that cut no UTF-8 character; every kind of line end becomes CR LF,
 * NUL becomes U+FFFD. No line begins with a dot, and none with "From ", so that nothing on the way needs to
 * change one (RELIABILITY X11). Ends with CR LF.
 */
void mail_body_encode(struct str text, struct buf *out);

#endif
