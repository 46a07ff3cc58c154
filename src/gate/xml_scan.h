/*
 * What must be known about a document before libxml2 sees a byte of it: its encoding, that it has no
 * document type declaration, and that no tag is long enough to make the parser slow.
 */
#ifndef GATE_XML_SCAN_H
#define GATE_XML_SCAN_H

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/str.h"

/*
 * Gives the document as UTF-8 without BOM: a view into `bytes`, or into `decoded` when it was written
 * in a single-byte encoding. The encoding its declaration names is to be ignored from here on.
 */
int xml_scan(struct str bytes, struct buf *decoded, struct str *ret, struct error *err) MUST_CHECK;

/*
 * What windows-1252 has at 0x80 to 0x9F: U+0092 in a text is an apostrophe, U+009C an "œ" that came by way
 * of ISO-8859-1. 0 for its five holes.
 */
uint32_t xml_c1(unsigned char c);

#endif
