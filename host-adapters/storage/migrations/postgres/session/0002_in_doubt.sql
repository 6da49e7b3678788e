-- Whether the answer to the newest rotation may not have reached its client. The next rotation takes it back.
ALTER TABLE sessions ADD COLUMN in_doubt BOOLEAN NOT NULL DEFAULT FALSE;
