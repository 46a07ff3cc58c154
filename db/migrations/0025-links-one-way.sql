-- What an import into a large database writes again, once more.

-- Links are looked up by the notice that has them alone: who is at the other end may be of any day, so each had a page
-- of its own. Split by hand, which asks for them, goes through all.
DROP INDEX dossier_link_by_other;

-- Not merged until there are hundreds: see schema.sql.
INSERT INTO notice_text (notice_text, rank) VALUES ('automerge', 0);
INSERT INTO notice_text (notice_text, rank) VALUES ('crisismerge', 1500);
