-- query: validator_find
-- What to ask an address with.
SELECT etag, last_modified FROM validator WHERE url = :url;

-- query: validator_put
-- What its last answer said.
INSERT INTO validator (url, etag, last_modified) VALUES (:url, :etag, :last_modified)
ON CONFLICT (url) DO UPDATE SET etag = excluded.etag, last_modified = excluded.last_modified;
