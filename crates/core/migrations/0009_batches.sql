-- Several agents changed in one go: which, with which plans, so that a batch that was killed is taken up where it stopped. How each
-- agent ended stands with its operation.

CREATE TABLE batches (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    environment_id TEXT,
    environment_name TEXT,
    url TEXT NOT NULL,
    source TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT,
    program TEXT NOT NULL,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    stop_after INTEGER NOT NULL CHECK (stop_after > 0),
    undoes TEXT -- the batch that it takes back
) STRICT;

CREATE TABLE batch_agents (
    batch TEXT NOT NULL REFERENCES batches (id) ON DELETE CASCADE,
    number INTEGER NOT NULL CHECK (number >= 0), -- the order in which they begin
    agent_id TEXT NOT NULL,
    plan TEXT NOT NULL,  -- JSON: the plan with what it was made from
    refused TEXT,        -- JSON: why it was not begun, where that was tried last
    PRIMARY KEY (batch, number)
) STRICT;

ALTER TABLE operations ADD COLUMN batch TEXT;

CREATE INDEX operations_by_batch ON operations (batch) WHERE batch IS NOT NULL;

CREATE TRIGGER operations_keep_their_batch BEFORE UPDATE OF batch ON operations
BEGIN
    SELECT RAISE(ABORT, 'a record of the history is never edited');
END;
