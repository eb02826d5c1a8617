-- +goose Up

-- staged: an entry as it will be once every record is filed by the active plan,
-- as JSON; '' = out of its edition; NULL = as it stands. A changed topic works
-- on the past for minutes, and readers are not to see it half done. An entry
-- that is new with it has no doc yet and counts as withdrawn.
ALTER TABLE entries ADD COLUMN staged TEXT;
CREATE INDEX entries_staged ON entries (edition) WHERE staged IS NOT NULL;

-- out_since: when a record was taken out of its last topic; 0 = it is in one, or
-- never was. What a changed topic lets go of stays a while, should it change back.
ALTER TABLE records ADD COLUMN out_since BIGINT NOT NULL DEFAULT 0; -- ms
