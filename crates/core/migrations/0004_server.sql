-- One server is one server: the identity of the server that a URL leads to, beside the URL as it was spelled. Rows from before
-- are filled in right after this, by the code that normalises (store/opening.rs). Besides, the plans that this store saved.

ALTER TABLE operations ADD COLUMN server TEXT NOT NULL DEFAULT '';
ALTER TABLE backups ADD COLUMN server TEXT NOT NULL DEFAULT '';

CREATE INDEX operations_by_server ON operations (server, sequence);
CREATE INDEX backups_by_server ON backups (server, sequence);

CREATE TRIGGER operations_keep_their_server
BEFORE UPDATE OF server ON operations
WHEN OLD.server <> ''
BEGIN
    SELECT RAISE(ABORT, 'a record of the history is never edited');
END;

CREATE TABLE saved_plans (
    sha256 TEXT NOT NULL PRIMARY KEY, -- over the whole plan file, in hexadecimal
    saved_at TEXT NOT NULL
) STRICT;
