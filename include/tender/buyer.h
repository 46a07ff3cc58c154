/*
 * What kind of public body a buyer is, for rules that speak of buyers. Notices do not say it: it is read
 * from the SIREN where that tells, else from the words of the name. A guess, good enough to weigh a
 * purchase, never to refuse one.
 */
#ifndef TENDER_BUYER_H
#define TENDER_BUYER_H

#include <stdbool.h>

#include "tender/notice.h"

/*
 * The kinds, with the folded words of names that tell them (buyer.c has the whole table, in the order in
 * which it is asked):
 *
 *	state        ministère, préfecture, direction générale, rectorat, armée …; SIREN 11 and 17, and 13
 *	             or 18 (national bodies) when the name tells nothing
 *	region       région, conseil régional, collectivité de Corse; SIREN 23
 *	departement  département, conseil départemental; SIREN 22
 *	commune      commune, ville, mairie; SIREN 21
 *	epci         communauté de communes, métropole, syndicat; SIREN 24 and 25
 *	hospital     centre hospitalier, CHU, hôpital; SIREN 26 when the name tells nothing
 *	education    université, lycée, collège, école, CROUS; SIREN 19
 *	housing      HLM, office public de l'habitat, bailleur social
 *	other        what is known to be none of these (SDIS, CCAS, chambers), and what is not known
 *
 * SIREN of public bodies begin with 1 (State) or 2 (local); the second digit is the legal form the
 * number was given under (INSEE, Sirene: identifiers of public bodies). Numbers beginning with 20 were
 * given to all local forms since 2009 and tell nothing.
 */
enum buyer_kind {
	BUYER_OTHER,
	BUYER_STATE,
	BUYER_REGION,
	BUYER_DEPARTEMENT,
	BUYER_COMMUNE,
	BUYER_EPCI,
	BUYER_HOSPITAL,
	BUYER_EDUCATION,
	BUYER_HOUSING,
	BUYER_KINDS
};

enum buyer_kind buyer_kind(const struct party *buyer);
bool buyer_kind_parse(struct str name, enum buyer_kind *ret); /* "state", "region", …: as rules write it */

/*
 * Is what a summary gives as the buyer's name the court that hears appeals? BOAMP's flat records of European
 * notices take the first organisation of the notice, which in one of ten is "Tribunal administratif de …"
 * (measured on 1,961 records of 2024). Administrative courts have no purchases of their own; courts of the
 * judiciary do, through their regional services, so "Cour d'appel" is believed.
 */
bool buyer_is_court(const struct notice *notice);

#endif
