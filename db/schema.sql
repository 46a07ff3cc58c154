-- The schema: what one instance knows. The sum of the migrations, which a test compares with it.
--
-- Conventions. An instant is UTC seconds since 1970, a day is days since 1970, an amount is cents, a
-- flag is 0 or 1; NULL is "not said". `seq` is the order of arrival. Texts are compared byte by byte.
-- Enumerations are spelled as the command line spells them, so that a row reads by itself. Columns
-- that filters look at stand first, long texts last: what is not wanted is then not read from disk.
-- Tables that an import fills allow their words in pairs: of a longer IN list SQLite makes a table, for
-- each row that is written.

CREATE TABLE meta (                    -- small values of the instance
	name TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE ruleset (                 -- immutable but for who is active
	number INTEGER PRIMARY KEY,
	active INTEGER NOT NULL CHECK (active IN (0, 1)),
	author TEXT NOT NULL,
	why TEXT NOT NULL,
	created INTEGER NOT NULL,          -- instant
	activated INTEGER                  -- instant of the last activation
) STRICT;
CREATE UNIQUE INDEX ruleset_active ON ruleset (active) WHERE active = 1;

CREATE TABLE ruleset_file (
	ruleset INTEGER NOT NULL REFERENCES ruleset (number),
	name TEXT NOT NULL,                -- cybersecurite.rules
	text TEXT NOT NULL,
	PRIMARY KEY (ruleset, name)
) STRICT, WITHOUT ROWID;

-- In newer rows the first four digits of the hash are the first day in the bytes (store/raw.h).
CREATE TABLE raw (                     -- one notice as it came; never deleted
	seq INTEGER PRIMARY KEY,
	hash TEXT NOT NULL UNIQUE,         -- SHA-256 of bytes, 64 hexadecimal digits
	source TEXT NOT NULL,              -- who gave it: boamp, explore, ted, file
	label TEXT NOT NULL,               -- for messages: file name, idweb, record number
	format TEXT NOT NULL,              -- what it was recognised as: eforms, boamp, …
	state TEXT NOT NULL CHECK (state IN ('pending', 'read') OR state = 'quarantined'),
	reason TEXT CHECK ((reason IS NOT NULL) = (state = 'quarantined')),
	parser_version INTEGER,            -- of the parser that read or refused it; NULL while none did
	notice_id TEXT                     -- notice.id it was read into; no foreign key, since
		CHECK (notice_id IS NULL OR state = 'read'), -- notice.raw_hash points back
	arrived INTEGER NOT NULL,          -- instant
	decided INTEGER,                   -- instant it was put in quarantine
	bytes BLOB NOT NULL                -- in an LZ4 frame; as they came where that saves nothing
) STRICT;
CREATE INDEX raw_by_state ON raw (state, seq);
CREATE INDEX raw_by_notice ON raw (notice_id, seq) WHERE notice_id IS NOT NULL;

CREATE TABLE raw_unread (              -- parts of an item, as its last reading told them
	raw INTEGER NOT NULL REFERENCES raw (seq),
	path TEXT NOT NULL,                -- "DONNEES/ENCHERES": an element with its parent, "ID/@new", a key
	PRIMARY KEY (raw, path)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice (                  -- the newest version of each notice
	seq INTEGER PRIMARY KEY,
	id TEXT NOT NULL UNIQUE,           -- source ":" ref
	source TEXT NOT NULL,              -- boamp, ted, requirement
	ref TEXT NOT NULL,
	version INTEGER NOT NULL CHECK (version >= 1), -- ours: goes up with every change of content
	publisher_version INTEGER NOT NULL, -- as the newest publication says it (BT-757)
	dossier TEXT NOT NULL,             -- key of the purchase: "procedure:" id or smallest notice.id
	kind TEXT NOT NULL CHECK (kind IN ('planning', 'competition') OR kind IN ('direct-award', 'result')
		OR kind IN ('change', 'cancellation') OR kind IN ('requirement', 'registration')),
	stage TEXT NOT NULL CHECK (stage IN ('planning', 'competition') OR stage IN ('direct-award', 'result')
		OR stage IN ('change', 'cancellation')
		OR stage IN ('requirement', 'registration')), -- what it would be without its change
	nature TEXT CHECK (nature IN ('services', 'supplies') OR nature = 'works'),
	published INTEGER,                 -- day
	deadline_at INTEGER,               -- instant, the earliest of the lots'
	deadline_offset_s INTEGER NOT NULL, -- seconds east of UTC it was stated in
	deadline_certainty TEXT CHECK (deadline_certainty IN ('stated', 'assumed-paris')
		OR deadline_certainty IN ('day-only', 'corrected') OR deadline_certainty = 'uncertain'),
	value_cents INTEGER,
	value_currency TEXT CHECK (length(value_currency) BETWEEN 1 AND 3), -- ISO 4217
	value_kind TEXT CHECK (value_kind IN ('estimate', 'ceiling') OR value_kind = 'award'),
	summary INTEGER NOT NULL CHECK (summary IN (0, 1)), -- a record without its body
	innovative INTEGER NOT NULL CHECK (innovative IN (0, 1)),
	sme INTEGER NOT NULL CHECK (sme IN (0, 1)),
	reserved INTEGER NOT NULL CHECK (reserved IN (0, 1)),
	matched_version INTEGER,           -- version that was compared with every profile …
	matched_ruleset INTEGER REFERENCES ruleset (number), -- … under this ruleset; NULL: not yet
	first_stored INTEGER NOT NULL,     -- instant
	updated INTEGER NOT NULL,          -- instant of the last change of content
	content_hash TEXT NOT NULL,        -- over all that was read, 32 hexadecimal digits
	raw_hash TEXT REFERENCES raw (hash), -- bytes of this version; NULL for requirements
	notice_type TEXT,                  -- as written
	language TEXT,                     -- ISO 639-1
	procedure TEXT,                    -- open, restricted, …
	procedure_id TEXT,                 -- BT-04, lower case
	notice_uuid TEXT,                  -- BT-701
	reference TEXT,                    -- the buyer's own
	buyer_id TEXT,                     -- SIRET or SIREN without blanks when it is one
	buyer_city TEXT,
	buyer_postcode TEXT,
	buyer_department TEXT,
	buyer_nuts TEXT,
	buyer_country TEXT,                -- ISO 3166-1 alpha-2
	deadline_text TEXT,                -- as written
	url TEXT,
	documents_url TEXT,
	buyer_name TEXT,
	title TEXT,
	criteria TEXT,                     -- award criteria, one a line
	description TEXT,
	lots_text TEXT                     -- titles and descriptions of the lots, for the full-text index
) STRICT;
-- Everything a list filters by, in the order most lists want: they never touch the rows themselves.
CREATE INDEX notice_by_day ON notice (published DESC, id, kind, stage, source, deadline_at, version,
	matched_version, matched_ruleset);
CREATE INDEX notice_by_dossier ON notice (dossier);
CREATE INDEX notice_by_ref ON notice (ref);
-- Nearly always the dossier says it.
CREATE INDEX notice_by_procedure ON notice (procedure_id)
	WHERE procedure_id IS NOT NULL AND dossier <> 'procedure:' || procedure_id;

-- An index whose keys come in no order has another page written for nearly each of its rows, the more notices
-- there are: of those notices are found by, three are written for thousands of notices at once, in order. Up to then
-- there are small tables (…_fresh), and of codes notice_code itself is gone through (notice.sql: settle_…).
CREATE TABLE settled (                 -- up to which notice code_notice, notice_buyer and notice_uuid are written
	only INTEGER PRIMARY KEY CHECK (only = 1),
	notice INTEGER NOT NULL            -- seq; 0: none is
) STRICT;
INSERT INTO settled (only, notice) VALUES (1, 0);

CREATE TABLE notice_uuid (             -- to look up a notice by its UUID
	tail TEXT NOT NULL,                -- its last 12 characters, in lower case
	notice INTEGER NOT NULL,           -- no foreign key: see code_notice
	PRIMARY KEY (tail, notice)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice_uuid_fresh (       -- of notices that are not settled
	tail TEXT NOT NULL,
	notice INTEGER NOT NULL,
	PRIMARY KEY (tail, notice)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice_lot (
	notice INTEGER NOT NULL REFERENCES notice (seq) ON DELETE CASCADE,
	ordinal INTEGER NOT NULL CHECK (ordinal >= 1), -- place in the notice
	id TEXT,                           -- BT-137
	title TEXT,
	description TEXT,
	nature TEXT CHECK (nature IN ('services', 'supplies') OR nature = 'works'),
	value_cents INTEGER,
	value_currency TEXT CHECK (length(value_currency) BETWEEN 1 AND 3),
	value_kind TEXT CHECK (value_kind IN ('estimate', 'ceiling') OR value_kind = 'award'),
	deadline_at INTEGER,               -- instant
	deadline_offset_s INTEGER NOT NULL,
	deadline_certainty TEXT CHECK (deadline_certainty IN ('stated', 'assumed-paris')
		OR deadline_certainty IN ('day-only', 'corrected') OR deadline_certainty = 'uncertain'),
	deadline_text TEXT,
	PRIMARY KEY (notice, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice_code (             -- the lists of codes of a notice and of its lots
	notice INTEGER NOT NULL REFERENCES notice (seq) ON DELETE CASCADE,
	lot INTEGER NOT NULL CHECK (lot >= 0), -- notice_lot.ordinal; 0: the notice itself
	kind TEXT NOT NULL CHECK (kind IN ('cpv', 'place') OR kind = 'subject'),
	position INTEGER NOT NULL,         -- from 0, as the notice gives them
	code TEXT NOT NULL,
	search TEXT NOT NULL,              -- what searches compare: the code; of a place its NUTS code
	                                   -- ("48" is FRJ14, and FR/975 where there is none)
	PRIMARY KEY (notice, lot, kind, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE code_notice (             -- notices with a code, theirs or of a lot: notice_code the other way round
	kind TEXT NOT NULL,
	search TEXT NOT NULL,
	notice INTEGER NOT NULL,           -- no foreign key: it would be looked up for each code once more
	PRIMARY KEY (kind, search, notice)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice_link (             -- other publications that a notice names
	notice INTEGER NOT NULL REFERENCES notice (seq) ON DELETE CASCADE,
	position INTEGER NOT NULL,
	kind TEXT NOT NULL CHECK (kind IN ('changes', 'follows')),
	ref TEXT NOT NULL,                 -- as written
	target TEXT NOT NULL,              -- to look it up: a notice UUID without its version, else ref
	PRIMARY KEY (notice, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_link_by_target ON notice_link (target);

CREATE TABLE notice_term (             -- how long a contract runs; no row: not said
	notice INTEGER NOT NULL REFERENCES notice (seq) ON DELETE CASCADE,
	lot INTEGER NOT NULL CHECK (lot >= 0), -- notice_lot.ordinal; 0: the notice itself
	length INTEGER CHECK (length > 0), -- in units
	unit TEXT CHECK (unit IN ('days', 'weeks') OR unit IN ('months', 'years') OR unit = 'unlimited'),
	starts INTEGER,                    -- day
	ends INTEGER,                      -- day, the last
	renewals INTEGER CHECK (renewals >= 0), -- at most
	PRIMARY KEY (notice, lot)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice_award (            -- what was decided, one contract a row
	notice INTEGER NOT NULL REFERENCES notice (seq) ON DELETE CASCADE,
	ordinal INTEGER NOT NULL CHECK (ordinal >= 1), -- place in the notice
	lot TEXT,                          -- BT-13713, notice_lot.id; NULL: the whole purchase
	outcome TEXT CHECK (outcome IN ('given', 'not-given') OR outcome = 'open'),
	contract TEXT,                     -- BT-150
	decided INTEGER,                   -- day
	concluded INTEGER,                 -- day
	tenders INTEGER CHECK (tenders >= 0), -- received for the lot
	value_cents INTEGER,
	value_currency TEXT CHECK (length(value_currency) BETWEEN 1 AND 3),
	ceiling_cents INTEGER,
	ceiling_currency TEXT CHECK (length(ceiling_currency) BETWEEN 1 AND 3),
	PRIMARY KEY (notice, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice_winner (           -- who has that contract
	notice INTEGER NOT NULL REFERENCES notice (seq) ON DELETE CASCADE,
	award INTEGER NOT NULL,            -- notice_award.ordinal
	position INTEGER NOT NULL,
	name TEXT,
	id TEXT,                           -- SIRET or SIREN without blanks when it is one
	city TEXT,
	postcode TEXT,
	department TEXT,
	nuts TEXT,
	country TEXT,                      -- ISO 3166-1 alpha-2
	size TEXT CHECK (size IN ('micro', 'small') OR size IN ('medium', 'sme') OR size = 'large'),
	PRIMARY KEY (notice, award, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE notice_wording (          -- title and description in a further language
	notice INTEGER NOT NULL REFERENCES notice (seq) ON DELETE CASCADE,
	lot INTEGER NOT NULL CHECK (lot >= 0), -- notice_lot.ordinal; 0: the notice itself
	language TEXT NOT NULL,            -- ISO 639-1
	title TEXT,
	description TEXT,
	PRIMARY KEY (notice, lot, language)
) STRICT, WITHOUT ROWID;

-- Full text. Its columns are those of notice, which keeps the texts. Who writes a notice writes here too
-- (notice_text_delete, notice_text_put): a trigger would need a trusted schema, which we never have.
CREATE VIRTUAL TABLE notice_text USING fts5 (title, description, lots_text, buyer_name,
	content = 'notice', content_rowid = 'seq', tokenize = 'unicode61 remove_diacritics 2');
-- Merged late: four megabytes of new words are gathered before a segment is written, and segments lie side by side until
-- there are hundreds (settle.c); a search looks at each of them, which takes milliseconds. A word is then written again
-- once while the database grows to millions. And never all at once, as `crisismerge` would at its usual value.
INSERT INTO notice_text (notice_text, rank) VALUES ('automerge', 0);
INSERT INTO notice_text (notice_text, rank) VALUES ('crisismerge', 1500);
INSERT INTO notice_text (notice_text, rank) VALUES ('hashsize', 4194304);

CREATE TABLE notice_buyer (            -- a buyer's notices, in the order of publication
	key TEXT NOT NULL,                 -- "siren:123456789"; "name:ville de lyon" of one that says no SIREN
	published INTEGER NOT NULL,        -- day
	notice INTEGER NOT NULL,           -- no foreign key: see code_notice
	sketch BLOB,                       -- by which likeness is ruled out (tender/dossier.h); NULL: not made yet
	PRIMARY KEY (key, published, notice)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_buyer_by_notice ON notice_buyer (notice);

CREATE TABLE notice_buyer_fresh (      -- of notices that are not settled
	key TEXT NOT NULL,
	published INTEGER NOT NULL,
	notice INTEGER NOT NULL,
	sketch BLOB NOT NULL,
	PRIMARY KEY (key, published, notice)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_buyer_fresh_by_notice ON notice_buyer_fresh (notice);

CREATE TABLE buyer_name (              -- names of buyers, folded, and the SIRENs they were seen with
	name TEXT NOT NULL,
	siren TEXT NOT NULL,
	PRIMARY KEY (name, siren)
) STRICT, WITHOUT ROWID;

CREATE TABLE dossier_link (            -- why a notice is in its dossier, one row a kind
	notice TEXT NOT NULL REFERENCES notice (id),
	kind TEXT NOT NULL CHECK (kind IN ('procedure', 'citation') OR kind IN ('deadline', 'likeness')
		OR kind = 'hand'),
	other TEXT NOT NULL,               -- that was there before; no foreign key: see code_notice
	confidence INTEGER NOT NULL CHECK (confidence BETWEEN 1 AND 100), -- per cent
	PRIMARY KEY (notice, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE dossier_hand (            -- what somebody decided; computing never goes against it
	notice TEXT NOT NULL PRIMARY KEY REFERENCES notice (id),
	decision TEXT NOT NULL CHECK (decision IN ('merged', 'apart')),
	dossier TEXT NOT NULL,             -- it is in this one
	decided INTEGER NOT NULL           -- instant
) STRICT, WITHOUT ROWID;
CREATE INDEX dossier_hand_by_dossier ON dossier_hand (dossier);

CREATE TABLE requirement (             -- what a notice of kind requirement has besides
	notice TEXT NOT NULL PRIMARY KEY REFERENCES notice (id),
	email TEXT,                        -- where the buyer reads replies
	closed INTEGER NOT NULL CHECK (closed IN (0, 1))
) STRICT, WITHOUT ROWID;

CREATE TABLE requirement_event (       -- what was done with a requirement
	id INTEGER PRIMARY KEY,            -- oldest first
	notice TEXT NOT NULL REFERENCES notice (id),
	at INTEGER NOT NULL,               -- instant
	action TEXT NOT NULL CHECK (action IN ('draft', 'registered', 'changed', 'published', 'closed')),
	author TEXT NOT NULL,              -- who ran the command
	what TEXT                          -- of a change: "title, places"
) STRICT;
CREATE INDEX requirement_event_by_notice ON requirement_event (notice, id);

CREATE TABLE profile (                 -- what a start-up wants to be told of
	id TEXT NOT NULL PRIMARY KEY,      -- slug
	version INTEGER NOT NULL CHECK (version >= 1), -- goes up with every change
	matched_version INTEGER,           -- version that was compared with every open notice …
	matched_ruleset INTEGER REFERENCES ruleset (number), -- … under this ruleset; NULL: not yet
	unsubscribed INTEGER,              -- instant; NULL: is not
	confirmed INTEGER NOT NULL CHECK (confirmed IN (0, 1)), -- double opt-in done
	cadence TEXT NOT NULL CHECK (cadence IN ('daily', 'weekly', 'instant', 'off')),
	timezone TEXT NOT NULL,            -- IANA
	language TEXT NOT NULL,            -- fr, en
	services INTEGER NOT NULL CHECK (services IN (0, 1)), -- natures wanted; none: all
	supplies INTEGER NOT NULL CHECK (supplies IN (0, 1)),
	works INTEGER NOT NULL CHECK (works IN (0, 1)),
	value_min INTEGER,                 -- euro cents
	value_max INTEGER,                 -- euro cents
	effort_days INTEGER NOT NULL,      -- working days needed to answer
	created INTEGER NOT NULL,          -- instant
	updated INTEGER NOT NULL,          -- instant of the last change
	content_hash TEXT NOT NULL,        -- over all of the profile, 32 hexadecimal digits
	name TEXT NOT NULL,
	siren TEXT,
	email TEXT,                        -- NULL: nothing is sent
	description TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE profile_term (            -- the lists of a profile
	profile TEXT NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
	kind TEXT NOT NULL CHECK (kind IN ('keyword', 'exclude', 'cpv', 'field', 'place')),
	position INTEGER NOT NULL,         -- from 0
	text TEXT NOT NULL,
	PRIMARY KEY (profile, kind, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE match_pair (              -- a notice fits a profile, or did
	profile TEXT NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
	notice TEXT NOT NULL REFERENCES notice (id),
	state TEXT NOT NULL CHECK (state IN ('current', 'ended')),
	score INTEGER NOT NULL,            -- tenths of a point
	threshold INTEGER NOT NULL,        -- tenths of a point
	lot TEXT,                          -- notice_lot.id; NULL unless a reason comes from a lot
	notice_version INTEGER NOT NULL,   -- a match is a function of these three …
	profile_version INTEGER NOT NULL,
	ruleset INTEGER NOT NULL REFERENCES ruleset (number),
	checked INTEGER NOT NULL,          -- … and was last found at this instant
	first_matched INTEGER NOT NULL,    -- instant
	updated INTEGER NOT NULL,          -- instant of the last change, its end too
	PRIMARY KEY (profile, notice)
) STRICT, WITHOUT ROWID;
CREATE INDEX match_pair_by_notice ON match_pair (notice, state);

CREATE TABLE match_reason (            -- the points of a match, most points first
	profile TEXT NOT NULL,
	notice TEXT NOT NULL,
	position INTEGER NOT NULL,         -- from 0
	rule TEXT NOT NULL,
	points INTEGER NOT NULL,           -- tenths of a point
	field TEXT NOT NULL,
	span_start INTEGER NOT NULL,       -- bytes in the text of the field
	span_end INTEGER NOT NULL,
	text TEXT NOT NULL,                -- the very words
	PRIMARY KEY (profile, notice, position),
	FOREIGN KEY (profile, notice) REFERENCES match_pair (profile, notice) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- What matching sees of each notice, for matching again. All of it can be made again from the notices.
CREATE TABLE imprint_pending (         -- notices whose imprint is missing or out of date
	notice INTEGER PRIMARY KEY REFERENCES notice (seq) ON DELETE CASCADE
) STRICT;

CREATE TABLE imprint (                 -- a notice without its texts (match/imprint.h)
	notice INTEGER PRIMARY KEY REFERENCES notice (seq) ON DELETE CASCADE,
	published INTEGER,                 -- day, as in notice
	bytes BLOB NOT NULL
) STRICT;

CREATE TABLE imprint_body (            -- the longer texts of an imprint, which are seldom asked for
	notice INTEGER PRIMARY KEY REFERENCES notice (seq) ON DELETE CASCADE,
	bytes BLOB NOT NULL
) STRICT;

CREATE TABLE word_list (               -- the dictionary in the order it grew (match/dictionary.h)
	first INTEGER PRIMARY KEY,         -- number of its first word
	bytes BLOB NOT NULL
) STRICT;

CREATE TABLE segment (                 -- a batch of notices whose stems are listed together
	number INTEGER PRIMARY KEY,
	notices INTEGER NOT NULL           -- how many it was made of
) STRICT;

CREATE TABLE segment_block (           -- lists of neighbouring stems (match/segment.h)
	place INTEGER PRIMARY KEY,         -- segment * 2^32 + first stem
	bytes BLOB NOT NULL
) STRICT;

CREATE TABLE code_label (              -- a word for a code
	list TEXT NOT NULL,                -- cpv, nuts, notice-type
	code TEXT NOT NULL,
	language TEXT NOT NULL,            -- ISO 639-1; '' when the file did not say
	label TEXT NOT NULL,
	PRIMARY KEY (list, code, language)
) STRICT, WITHOUT ROWID;

CREATE TABLE source (                  -- who is asked for notices
	name TEXT NOT NULL PRIMARY KEY,
	enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
	complete_until INTEGER,            -- day: every day up to it is complete
	last_run INTEGER,                  -- instant
	last_success INTEGER,              -- instant
	failing_since INTEGER,             -- instant; NULL: not failing
	error TEXT                         -- the last one while failing
) STRICT, WITHOUT ROWID;

CREATE TABLE coverage (                -- one day of one source: the publisher's count against ours
	source TEXT NOT NULL REFERENCES source (name),
	day INTEGER NOT NULL,
	announced INTEGER,                 -- NULL: could not be asked
	stored INTEGER NOT NULL,
	rejected INTEGER NOT NULL,         -- of the stored ones, in quarantine
	complete INTEGER NOT NULL CHECK (complete IN (0, 1)),
	attempts INTEGER NOT NULL,
	error TEXT,                        -- why it is not complete
	updated INTEGER NOT NULL,          -- instant
	PRIMARY KEY (source, day)
) STRICT, WITHOUT ROWID;
CREATE INDEX coverage_gap ON coverage (source, day) WHERE complete = 0;

CREATE TABLE incident (                -- a gap: what a day announced and we did not have
	source TEXT NOT NULL REFERENCES source (name),
	day INTEGER NOT NULL,
	since INTEGER NOT NULL,            -- instant it was first seen
	attempts INTEGER NOT NULL,         -- to close it
	last INTEGER NOT NULL,             -- instant of the last of them
	ended INTEGER,                     -- instant it was closed; NULL: open
	error TEXT,                        -- the last one
	PRIMARY KEY (source, day, since)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX incident_open ON incident (source, day) WHERE ended IS NULL;

CREATE TABLE item (                    -- a remote item that is here
	source TEXT NOT NULL REFERENCES source (name),
	ref TEXT NOT NULL,                 -- the publisher's name for it
	day INTEGER NOT NULL,              -- the day that counts it
	stamp TEXT NOT NULL,               -- the publisher's: index line, version
	raw_hash TEXT NOT NULL REFERENCES raw (hash),
	PRIMARY KEY (source, ref)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_by_day ON item (source, day, raw_hash);

CREATE TABLE validator (               -- for conditional requests
	url TEXT NOT NULL PRIMARY KEY,
	etag TEXT,
	last_modified TEXT
) STRICT, WITHOUT ROWID;

-- A digest and its messages outlive the profile, hence no foreign keys to it. Their ids stand in
-- messages people have kept: AUTOINCREMENT never gives one twice.
CREATE TABLE digest (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	profile TEXT NOT NULL,
	period TEXT NOT NULL,              -- what it is the digest of: a day, a week
	composed INTEGER NOT NULL,         -- instant
	UNIQUE (profile, period)
) STRICT;

CREATE TABLE digest_item (             -- a notice is told to a profile once
	profile TEXT NOT NULL,
	notice TEXT NOT NULL REFERENCES notice (id),
	digest INTEGER NOT NULL REFERENCES digest (id) ON DELETE CASCADE,
	dossier TEXT NOT NULL,             -- of the notice at that time
	shown INTEGER NOT NULL CHECK (shown IN (0, 1)), -- as a card; else known to be the same purchase
	deadline_at INTEGER,               -- instant, as it was told; NULL: none was known
	PRIMARY KEY (profile, notice)
) STRICT, WITHOUT ROWID;
CREATE INDEX digest_item_by_digest ON digest_item (digest);

CREATE TABLE outbox (                  -- messages, whatever became of them
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	digest INTEGER REFERENCES digest (id), -- NULL: no digest
	profile TEXT NOT NULL,
	state TEXT NOT NULL CHECK (state IN ('ready', 'claimed', 'handing', 'sent', 'retry', 'failed',
		'uncertain', 'suppressed', 'held')),
	attempts INTEGER NOT NULL,         -- claims so far
	doubtful INTEGER NOT NULL CHECK (doubtful IN (0, 1)), -- was uncertain once: no third time
	created INTEGER NOT NULL,          -- instant
	next_at INTEGER,                   -- instant it is due; NULL once it is at an end
	sent_at INTEGER,                   -- instant
	lease TEXT                         -- of the process that holds it
		CHECK ((lease IS NOT NULL) = (state IN ('claimed', 'handing'))),
	leased_at INTEGER,                 -- instant
	sender TEXT NOT NULL,              -- envelope
	recipient TEXT NOT NULL,           -- envelope
	message_id TEXT NOT NULL UNIQUE,   -- without angle brackets
	reply TEXT                         -- the relay's last words, or why it was suppressed
) STRICT;
CREATE INDEX outbox_due ON outbox (next_at, id) WHERE state IN ('ready', 'retry', 'uncertain');
CREATE INDEX outbox_leased ON outbox (leased_at) WHERE leased_at IS NOT NULL;
CREATE INDEX outbox_unsent ON outbox (id) WHERE state <> 'sent';
CREATE INDEX outbox_by_digest ON outbox (digest);
CREATE INDEX outbox_by_profile ON outbox (profile);

CREATE TABLE outbox_message (          -- what is sent
	outbox INTEGER PRIMARY KEY REFERENCES outbox (id) ON DELETE CASCADE,
	message BLOB NOT NULL              -- the whole message, CR LF
) STRICT;

CREATE TABLE judgment (                -- a notice is relevant to a profile, or not: the last word on it
	profile TEXT NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
	notice TEXT NOT NULL REFERENCES notice (id),
	grade INTEGER NOT NULL CHECK (grade BETWEEN 0 AND 2), -- 2 relevant, 1 adjacent, 0 not
	reason TEXT,                       -- one word, as the command line spells it; NULL: none given
	origin TEXT NOT NULL CHECK (origin IN ('reader', 'administrator', 'audit')),
	golden INTEGER NOT NULL CHECK (golden IN (0, 1)), -- no ruleset goes live that gets it wrong
	note TEXT,
	judged INTEGER NOT NULL,           -- instant
	PRIMARY KEY (profile, notice)
) STRICT, WITHOUT ROWID;
CREATE INDEX judgment_by_notice ON judgment (notice);

CREATE TABLE ruleset_activation (
	seq INTEGER PRIMARY KEY,
	ruleset INTEGER NOT NULL REFERENCES ruleset (number),
	previous INTEGER REFERENCES ruleset (number), -- active until then; NULL: none was
	action TEXT NOT NULL CHECK (action IN ('activate', 'rollback')),
	author TEXT NOT NULL,
	why TEXT NOT NULL,
	flipped INTEGER NOT NULL,          -- golden cases it was known to get wrong that were right before
	at INTEGER NOT NULL                -- instant
) STRICT;

CREATE INDEX profile_by_email ON profile (lower(email)) WHERE email IS NOT NULL;

CREATE TABLE pending (                 -- a profile that waits for its address to be confirmed
	profile TEXT NOT NULL PRIMARY KEY REFERENCES profile (id) ON DELETE CASCADE,
	since INTEGER NOT NULL             -- instant; after seven days it is forgotten
) STRICT, WITHOUT ROWID;
CREATE INDEX pending_by_since ON pending (since);

CREATE TABLE asking (                  -- mails of the last day that ask for a confirmation, to keep them few
	seq INTEGER PRIMARY KEY,
	at INTEGER NOT NULL,               -- instant
	address TEXT NOT NULL,             -- keyed hash of the address that was written to
	network TEXT NOT NULL              -- keyed hash of the network that the request came from
) STRICT;
CREATE INDEX asking_by_at ON asking (at);

CREATE TABLE suppression (             -- addresses that get no digest, whatever a profile says
	address TEXT NOT NULL PRIMARY KEY, -- keyed hash; the address itself is nowhere
	reason TEXT NOT NULL CHECK (reason IN ('erased', 'bounced', 'complained', 'administrator')),
	since INTEGER NOT NULL             -- instant
) STRICT, WITHOUT ROWID;

CREATE TABLE feed_link (               -- secret links of feeds; a profile without a row is at generation 1
	profile TEXT NOT NULL PRIMARY KEY REFERENCES profile (id) ON DELETE CASCADE,
	generation INTEGER NOT NULL CHECK (generation > 1), -- links of earlier ones open nothing
	renewed INTEGER NOT NULL           -- instant
) STRICT, WITHOUT ROWID;

CREATE TABLE profile_mailing (         -- when it wants to be written to, where that is not the usual
	profile TEXT NOT NULL PRIMARY KEY REFERENCES profile (id) ON DELETE CASCADE,
	send_at INTEGER CHECK (send_at BETWEEN 0 AND 1439), -- minute of the day in its zone; NULL: the instance's
	quiet TEXT,                        -- "weekends holidays 2026-12-24/2027-01-02"; NULL: no day
	reminders TEXT                     -- days before a deadline, "7 2"; '' none; NULL: the usual
) STRICT, WITHOUT ROWID;

CREATE TABLE digest_lead (             -- a digest that the message of another one tells: one mail a person
	digest INTEGER PRIMARY KEY REFERENCES digest (id) ON DELETE CASCADE,
	lead INTEGER NOT NULL REFERENCES digest (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX digest_lead_by_lead ON digest_lead (lead);

CREATE TABLE reminder (                -- a deadline that a profile was reminded of
	profile TEXT NOT NULL,
	notice TEXT NOT NULL REFERENCES notice (id),
	deadline_at INTEGER NOT NULL,      -- instant: one that moved is another one
	days INTEGER NOT NULL,             -- calendar days before it
	digest INTEGER NOT NULL REFERENCES digest (id) ON DELETE CASCADE,
	PRIMARY KEY (profile, notice, deadline_at, days)
) STRICT, WITHOUT ROWID;
CREATE INDEX reminder_by_digest ON reminder (digest);

-- What a day of composing asks first: to whom anything can have happened.
CREATE INDEX digest_item_by_notice ON digest_item (notice, profile);
CREATE INDEX digest_item_by_deadline ON digest_item (deadline_at, profile) WHERE shown = 1;
CREATE INDEX notice_by_update ON notice (updated, kind);
CREATE INDEX notice_by_deadline ON notice (deadline_at) WHERE deadline_at IS NOT NULL;
CREATE INDEX match_pair_current ON match_pair (profile, score DESC, notice) WHERE state = 'current';

CREATE TABLE rule_overspent (
	ruleset INTEGER NOT NULL REFERENCES ruleset (number),
	rule TEXT NOT NULL,                -- its name
	notice TEXT NOT NULL,              -- id of the notice on which it happened last
	since INTEGER NOT NULL,            -- instant, first time
	last INTEGER NOT NULL,             -- instant, last time
	times INTEGER NOT NULL,            -- processes that suspended it
	PRIMARY KEY (ruleset, rule)
) STRICT, WITHOUT ROWID;

CREATE TABLE mail_token (              -- what an answer or a bounce comes back to: local+TOKEN@domain
	token TEXT NOT NULL PRIMARY KEY,   -- 20 hexadecimal digits, keyed: nobody can guess one
	outbox INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX mail_token_by_outbox ON mail_token (outbox);

CREATE TABLE mail_card (               -- which card has which number in a message
	outbox INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
	number INTEGER NOT NULL CHECK (number >= 1),
	profile TEXT NOT NULL,
	notice TEXT NOT NULL REFERENCES notice (id),
	PRIMARY KEY (outbox, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE bounce (                  -- permanent refusals that are no reason to give up at once
	address TEXT NOT NULL,             -- keyed hash
	at INTEGER NOT NULL,               -- instant
	status TEXT NOT NULL,              -- "5.2.2"
	PRIMARY KEY (address, at, status)
) STRICT, WITHOUT ROWID;

CREATE INDEX digest_by_composed ON digest (composed);

CREATE TABLE webhook (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	profile TEXT NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
	url TEXT NOT NULL,
	shape TEXT NOT NULL CHECK (shape IN ('standard', 'chat')), -- the specification's; Mattermost's and Slack's
	secret TEXT NOT NULL,              -- "whsec_…": signs what is sent
	created INTEGER NOT NULL,          -- instant: what matched before is not told
	wait_until INTEGER NOT NULL,       -- instant: after a failure nothing is tried before
	failing_since INTEGER,             -- instant; NULL: the last try went well
	disabled INTEGER,                  -- instant; NULL: it is on
	reason TEXT                        -- why it was disabled, or the last failure
) STRICT;
CREATE INDEX webhook_by_profile ON webhook (profile);

CREATE TABLE webhook_message (         -- a notice is told to a webhook once
	webhook INTEGER NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
	notice TEXT NOT NULL REFERENCES notice (id),
	id TEXT NOT NULL UNIQUE,           -- webhook-id, the same at every try: who gets it twice can tell
	state TEXT NOT NULL CHECK (state IN ('ready', 'sent', 'failed')),
	attempts INTEGER NOT NULL,
	next_at INTEGER NOT NULL,          -- instant it is due, while ready
	created INTEGER NOT NULL,          -- instant
	ended INTEGER,                     -- instant it was sent or given up
	body TEXT NOT NULL,
	PRIMARY KEY (webhook, notice)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_message_due ON webhook_message (next_at, webhook) WHERE state = 'ready';

CREATE TABLE audit (
	number INTEGER PRIMARY KEY,
	seed INTEGER NOT NULL,
	ruleset INTEGER NOT NULL REFERENCES ruleset (number),
	drawn INTEGER NOT NULL             -- instant
) STRICT;

CREATE TABLE audit_stratum (           -- pairs of one range of scores
	audit INTEGER NOT NULL REFERENCES audit (number),
	stratum INTEGER NOT NULL,          -- 0: matches; then ever further below the threshold
	size INTEGER NOT NULL,             -- how many pairs it has
	PRIMARY KEY (audit, stratum)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_pair (              -- drawn to be judged
	audit INTEGER NOT NULL REFERENCES audit (number),
	profile TEXT NOT NULL REFERENCES profile (id) ON DELETE CASCADE,
	notice TEXT NOT NULL REFERENCES notice (id),
	stratum INTEGER NOT NULL,
	PRIMARY KEY (audit, profile, notice)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_pair_by_profile ON audit_pair (profile);
