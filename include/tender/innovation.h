/*
 * The achat-innovant path: may a buyer purchase an innovative solution without publicity or competition,
 * by which article, since when. The figures are a dated table, since decrees move them; what "innovative"
 * means (L2172-3: new or significantly improved) nobody can read from a notice, so that "eligible" is said
 * only where the notice itself speaks of innovation.
 */
#ifndef TENDER_INNOVATION_H
#define TENDER_INNOVATION_H

#include "base/date.h"
#include "base/money.h"
#include "tender/notice.h"

enum innovation_state {
	INNOVATION_NO,       /* no path is open, or nothing speaks for one */
	INNOVATION_CHECK,    /* open if the solution is innovative, or if the amount is below the ceiling */
	INNOVATION_ELIGIBLE, /* the notice speaks of innovation and its amount is below the ceiling */
};

/* One row of the table. */
struct innovation_rule {
	const char *article;  /* of the Code de la commande publique: "R2122-9-1" */
	const char *decree;   /* that set the ceiling: "décret 2021-1634" */
	const char *name_fr, *name_en;
	day_t from, until;    /* first day in force, first day no longer; DAY_NONE: no end is known */
	int64_t ceiling;      /* euro cents without VAT, strictly below; MONEY_NONE: none */
	bool of_lot;          /* counts for a lot, all such lots together at most a fifth of the purchase */
	bool partnership;     /* counts for the procedure "innovation" alone */
	enum notice_nature nature; /* NATURE_NONE: every nature */
};
extern const struct innovation_rule innovation_rules[];
extern const size_t innovation_rules_n;

struct innovation {
	enum innovation_state state;
	const struct innovation_rule *rule; /* NULL for INNOVATION_NO */
};
#define INNOVATION_INIT { INNOVATION_NO, NULL }

/* For the notice, or for the lot that a match is about (NULL: none), by what is in force on `day`. */
struct innovation innovation_of(const struct notice *notice, const struct lot *lot, day_t day);

#endif
