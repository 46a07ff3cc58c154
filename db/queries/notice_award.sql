-- query: notice_term_put
-- How long the contract of a lot, or of the whole, runs.
INSERT INTO notice_term (notice, lot, length, unit, starts, ends, renewals)
VALUES (:notice, :lot, :length, :unit, :starts, :ends, :renewals);

-- query: notice_terms
-- All of a notice.
SELECT lot, length, unit, starts, ends, renewals FROM notice_term WHERE notice = :notice ORDER BY lot;

-- query: notice_terms_delete
-- Before those of a changed notice are written anew.
DELETE FROM notice_term WHERE notice = :notice;

-- query: notice_award_put
-- One contract, or one lot that nobody got.
INSERT INTO notice_award (notice, ordinal, lot, outcome, contract, decided, concluded, tenders, value_cents,
	value_currency, ceiling_cents, ceiling_currency)
VALUES (:notice, :ordinal, :lot, :outcome, :contract, :decided, :concluded, :tenders, :value_cents,
	:value_currency, :ceiling_cents, :ceiling_currency);

-- query: notice_awards
-- All of a notice, in its order.
SELECT lot, outcome, contract, decided, concluded, tenders, value_cents, value_currency, ceiling_cents,
	ceiling_currency
FROM notice_award WHERE notice = :notice ORDER BY ordinal;

-- query: notice_awards_delete
-- Before those of a changed notice are written anew.
DELETE FROM notice_award WHERE notice = :notice;

-- query: notice_winner_put
-- One company that has a contract.
INSERT INTO notice_winner (notice, award, position, name, id, city, postcode, department, nuts, country, size)
VALUES (:notice, :award, :position, :name, :id, :city, :postcode, :department, :nuts, :country, :size);

-- query: notice_winners
-- All of a notice, award by award.
SELECT award, name, id, city, postcode, department, nuts, country, size
FROM notice_winner WHERE notice = :notice ORDER BY award, position;

-- query: notice_winners_delete
-- Before those of a changed notice are written anew.
DELETE FROM notice_winner WHERE notice = :notice;

-- query: notice_wording_put
-- Title and description in a further language.
INSERT INTO notice_wording (notice, lot, language, title, description)
VALUES (:notice, :lot, :language, :title, :description);

-- query: notice_wordings
-- All of a notice.
SELECT lot, language, title, description
FROM notice_wording WHERE notice = :notice ORDER BY lot, language;

-- query: notice_wordings_delete
-- Before those of a changed notice are written anew.
DELETE FROM notice_wording WHERE notice = :notice;
