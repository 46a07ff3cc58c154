-- Words for codes, as the publishers' lists give them.

CREATE TABLE code_label (              -- a word for a code
	list TEXT NOT NULL,                -- cpv, nuts, notice-type
	code TEXT NOT NULL,
	language TEXT NOT NULL,            -- ISO 639-1; '' when the file did not say
	label TEXT NOT NULL,
	PRIMARY KEY (list, code, language)
) STRICT, WITHOUT ROWID;
