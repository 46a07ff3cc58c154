-- Importing costs the same per notice however many there are: the full-text index is merged late.

-- Merged late: sixteen segments of a size at once instead of four, and four megabytes of new words gathered
-- before a segment is written. A word is then written again half as often while the database grows; a
-- search looks at some segments more.
INSERT INTO notice_text (notice_text, rank) VALUES ('automerge', 16);
INSERT INTO notice_text (notice_text, rank) VALUES ('hashsize', 4194304);
