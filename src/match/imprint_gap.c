#include "imprint_bytes.h"

#define GAP(TEXT) { TEXT, sizeof(TEXT) - 1 }
const struct str imprint_gaps[] = {
	GAP(""), GAP(" "), GAP(", "), GAP(". "), GAP("'"), GAP("\u2019"), GAP("-"), GAP("\n"),
	GAP(" : "), GAP(": "), GAP(" ("), GAP(") "), GAP("/"), GAP(" / "), GAP(" - "), GAP("."),
	GAP(","), GAP("; "), GAP(" ; "), GAP(" \u00ab "), GAP(" \u00bb "), GAP("\u00a0"),
	GAP("\u00a0: "), GAP("\u00a0; "), GAP("("), GAP(")"), GAP(".\n"), GAP(",\n"), GAP(";\n"),
	GAP(" ;\n"), GAP(":\n"), GAP(" :\n"), GAP("\n- "), GAP("\n\n"), GAP(" \n"), GAP("  "),
	GAP(" \u2013 "), GAP("+"), GAP(" + "), GAP("_"), GAP("@"), GAP("\u00b0"),
	GAP(" \u20ac "), GAP("\u20ac"), GAP("%"), GAP(" % "), GAP(" %"), GAP("), "), GAP(")."),
	GAP(")\n"), GAP(", ("), GAP("? "), GAP("! "), GAP(" ! "), GAP(" ? "), GAP("\""),
	GAP(" \""), GAP("\" "), GAP(":"), GAP(";"), GAP("&"), GAP(" & "), GAP("*"), GAP(" * "),
	GAP("#"), GAP(" #"), GAP("="), GAP(" = "), GAP("\t"), GAP("\r\n"), GAP("..."),
	GAP("... "), GAP("\u2026"), GAP("\u2026 "), GAP("://"), GAP(" (\u00ab "), GAP("\u2022 "),
	GAP("\n\u2022 "), GAP("\n * "), GAP(" \u2022 "), GAP("|"), GAP(" | "), GAP("\u00ab "),
	GAP(" \u00bb"), GAP("\u00ab\u00a0"), GAP("\u00a0\u00bb"), GAP("\u00a0\u00bb "),
	GAP(".\n\n"), GAP(". - "), GAP("--"), GAP(" -- "), GAP("\n\n- "), GAP(":\n- "),
	GAP(" :\n- "), GAP(";\n- "), GAP(" ;\n- "), GAP(".\n- "), GAP("\u00b2"), GAP("\u00b3"),
	GAP("["), GAP("]"), GAP(" ["), GAP("] "), GAP("' "), GAP(" '"), GAP("' '"),
	GAP("\u2019 "), GAP("\u2018"), GAP(" \u2018"), GAP("\u201c"), GAP("\u201d"),
	GAP(" \u201c"), GAP("\u201d "), GAP("\u2013"), GAP("\u2014"), GAP(" \u2014 "),
	GAP("   "), GAP("\n "),
};
_Static_assert(LENGTH(imprint_gaps) == IMPRINT_GAPS, "as the header says");

unsigned imprint_gap_of(struct str gap)
{
	unsigned char first = gap.len > 0 ? (unsigned char)gap.ptr[0] : 0;

	for (unsigned i = 0; i < IMPRINT_GAPS; i++)
		if ((unsigned char)imprint_gaps[i].ptr[0] == first && str_eq(gap, imprint_gaps[i]))
			return i;
	return GAP_TEXT;
}
