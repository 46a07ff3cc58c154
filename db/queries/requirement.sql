-- query: requirement_put
-- What a notice of kind requirement has besides. No such notice: no row touched.
INSERT INTO requirement (notice, email, closed)
SELECT id, :email, :closed FROM notice WHERE id = :id AND kind = 'requirement'
ON CONFLICT (notice) DO UPDATE SET email = excluded.email, closed = excluded.closed;

-- query: requirement_find
-- The same, read.
SELECT email, closed FROM requirement WHERE notice = :id;
