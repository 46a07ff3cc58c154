-- A notice may be of a company that is registered: a kind of its own, which is never a purchase.

-- The CHECK of two columns learns one word. No row changes, so the text of the table is changed where it stands.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''cancellation'', ''requirement'')', '''cancellation'', ''requirement'', ''registration'')')
WHERE type = 'table' AND name = 'notice';
PRAGMA writable_schema = RESET;
-- Every connection that is open learns of it: only a table made or dropped tells them.
CREATE TABLE registrations (x INTEGER) STRICT;
DROP TABLE registrations;
