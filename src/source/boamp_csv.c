/* A row of an Explore CSV export, below its header. The columns are those of the API's record. */
#include "boamp_notice.h"
#include "csv.h"
#include "unread.h"

struct row {
	struct str names[CSV_FIELDS_MAX], values[CSV_FIELDS_MAX];
	size_t n;
};

/* The value of a column; STR_NONE when it is missing or empty. GESTION and gestion are one. */
static struct str column(const struct row *row, const char *name)
{
	for (size_t i = 0; i < row->n; i++)
		if (str_eq_nocase(row->names[i], str_of(name)))
			return row->values[i].len ? row->values[i] : STR_NONE;
	return STR_NONE;
}

static struct boamp_flat flat_of(const struct row *row, struct arena *arena)
{
	struct boamp_flat flat = {
		.idweb = column(row, "idweb"),
		.contractfolderid = column(row, "contractfolderid"),
		.objet = column(row, "objet"),
		.famille = column(row, "famille"),
		.dateparution = column(row, "dateparution"),
		.datelimitereponse = column(row, "datelimitereponse"),
		.nomacheteur = column(row, "nomacheteur"),
		.type_procedure = column(row, "type_procedure"),
		.nature = column(row, "nature"),
		.etat = column(row, "etat"),
	};

	csv_python_list(column(row, "code_departement"), arena, &flat.code_departement);
	csv_python_list(column(row, "code_departement_prestation"), arena,
		&flat.code_departement_prestation);
	csv_python_list(column(row, "type_marche"), arena, &flat.type_marche);
	csv_python_list(column(row, "descripteur_libelle"), arena, &flat.descripteur_libelle);
	csv_python_list(column(row, "annonce_lie"), arena, &flat.annonce_lie);
	return flat;
}

/* Column by column: a row shorter or longer than its header has lost a quote somewhere. */
static int read_row(struct str bytes, struct arena *arena, struct row *row, struct error *err)
{
	struct str header, record;
	bool closed;
	size_t n;

	if (!str_utf8_valid(bytes))
		return error_set(err, ERROR_INPUT, "the row is not valid UTF-8");
	if (!csv_next_record(&bytes, ';', &header, &closed) ||
		!csv_next_record(&bytes, ';', &record, &closed))
		return error_set(err, ERROR_INPUT, "a header and one row expected");
	if (!closed)
		return error_set(err, ERROR_INPUT, "a quote of the row is never closed");
	row->n = csv_fields(header, arena, row->names);
	n = csv_fields(record, arena, row->values);
	if (row->n == 0 || n == 0)
		return error_set(
			err, ERROR_LIMIT, "the row has more than %d fields", CSV_FIELDS_MAX);
	if (n != row->n)
		return error_set(
			err, ERROR_INPUT, "the row has %zu fields, its header %zu", n, row->n);
	return 0;
}

int boamp_csv_read(struct str bytes, struct arena *arena, struct notice *ret, struct error *err)
{
	struct row row;
	struct boamp_flat flat;
	struct boamp_parts parts = { .flat = &flat };
	int r = read_row(bytes, arena, &row, err);

	if (r < 0)
		return r;
	flat = flat_of(&row, arena);
	if ((r = boamp_unpack(column(&row, "gestion"), "gestion", arena, &parts.gestion, err)) <
			0 ||
		(r = boamp_unpack(column(&row, "donnees"), "donnees", arena, &parts.donnees, err)) <
			0)
		return r;
	r = boamp_notice_read(&parts, arena, ret, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < row.n; i++) /* what is empty says nothing */
		if (row.values[i].len > 0)
			unread_column(row.names[i], UNREAD_EXPLORE, arena, &ret->unread);
	boamp_unread(&parts, arena, &ret->unread);
	return 0;
}
