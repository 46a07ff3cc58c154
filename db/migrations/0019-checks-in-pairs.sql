-- Importing: a row is checked without a table being made for it.

-- To check a value against a list of more than two, SQLite makes a table of the list, for each row that is
-- written: a tenth of an import. Pairs it compares. Only the words of the constraints change, not what they
-- allow and no row, so the definitions are rewritten where they stand (sqlite.org/lang_altertable.html, 7).
PRAGMA writable_schema = ON;

UPDATE sqlite_schema SET sql = replace(replace(sql,
	'CHECK (state IN (''pending'', ''read'', ''quarantined''))',
	'CHECK (state IN (''pending'', ''read'') OR state = ''quarantined'')'),
	'bytes BLOB NOT NULL
',
	'bytes BLOB NOT NULL                -- in an LZ4 frame; as they came where that saves nothing
')
WHERE type = 'table' AND name = 'raw';

UPDATE sqlite_schema SET sql = replace(replace(replace(replace(replace(sql,
	'CHECK (kind IN (''planning'', ''competition'', ''direct-award'', ''result'', ''change'',
		''cancellation'', ''requirement'', ''registration''))',
	'CHECK (kind IN (''planning'', ''competition'') OR kind IN (''direct-award'', ''result'')
		OR kind IN (''change'', ''cancellation'') OR kind IN (''requirement'', ''registration''))'),
	'CHECK (stage IN (''planning'', ''competition'', ''direct-award'', ''result'', ''change'',
		''cancellation'', ''requirement'', ''registration''))',
	'CHECK (stage IN (''planning'', ''competition'') OR stage IN (''direct-award'', ''result'')
		OR stage IN (''change'', ''cancellation'')
		OR stage IN (''requirement'', ''registration''))'),
	'CHECK (nature IN (''services'', ''supplies'', ''works''))',
	'CHECK (nature IN (''services'', ''supplies'') OR nature = ''works'')'),
	'CHECK (deadline_certainty IN (''stated'', ''assumed-paris'', ''day-only'',
		''corrected'', ''uncertain''))',
	'CHECK (deadline_certainty IN (''stated'', ''assumed-paris'')
		OR deadline_certainty IN (''day-only'', ''corrected'') OR deadline_certainty = ''uncertain'')'),
	'CHECK (value_kind IN (''estimate'', ''ceiling'', ''award''))',
	'CHECK (value_kind IN (''estimate'', ''ceiling'') OR value_kind = ''award'')')
WHERE type = 'table' AND name = 'notice';

UPDATE sqlite_schema SET sql = replace(replace(replace(sql,
	'CHECK (nature IN (''services'', ''supplies'', ''works''))',
	'CHECK (nature IN (''services'', ''supplies'') OR nature = ''works'')'),
	'CHECK (value_kind IN (''estimate'', ''ceiling'', ''award''))',
	'CHECK (value_kind IN (''estimate'', ''ceiling'') OR value_kind = ''award'')'),
	'CHECK (deadline_certainty IN (''stated'', ''assumed-paris'', ''day-only'',
		''corrected'', ''uncertain''))',
	'CHECK (deadline_certainty IN (''stated'', ''assumed-paris'')
		OR deadline_certainty IN (''day-only'', ''corrected'') OR deadline_certainty = ''uncertain'')')
WHERE type = 'table' AND name = 'notice_lot';

UPDATE sqlite_schema SET sql = replace(sql,
	'CHECK (kind IN (''cpv'', ''place'', ''subject''))',
	'CHECK (kind IN (''cpv'', ''place'') OR kind = ''subject'')')
WHERE type = 'table' AND name = 'notice_code';

UPDATE sqlite_schema SET sql = replace(sql,
	'CHECK (unit IN (''days'', ''weeks'', ''months'', ''years'', ''unlimited''))',
	'CHECK (unit IN (''days'', ''weeks'') OR unit IN (''months'', ''years'') OR unit = ''unlimited'')')
WHERE type = 'table' AND name = 'notice_term';

UPDATE sqlite_schema SET sql = replace(sql,
	'CHECK (outcome IN (''given'', ''not-given'', ''open''))',
	'CHECK (outcome IN (''given'', ''not-given'') OR outcome = ''open'')')
WHERE type = 'table' AND name = 'notice_award';

UPDATE sqlite_schema SET sql = replace(sql,
	'CHECK (size IN (''micro'', ''small'', ''medium'', ''sme'', ''large''))',
	'CHECK (size IN (''micro'', ''small'') OR size IN (''medium'', ''sme'') OR size = ''large'')')
WHERE type = 'table' AND name = 'notice_winner';

UPDATE sqlite_schema SET sql = replace(sql,
	'CHECK (kind IN (''procedure'', ''citation'', ''deadline'', ''likeness'', ''hand''))',
	'CHECK (kind IN (''procedure'', ''citation'') OR kind IN (''deadline'', ''likeness'')
		OR kind = ''hand'')')
WHERE type = 'table' AND name = 'dossier_link';

PRAGMA writable_schema = RESET;

-- No query asks for it; and that an index goes tells other processes that the definitions have changed.
DROP INDEX notice_winner_by_id;
