-- The journal: what it takes to settle an operation after the process that carried it out is gone, and that a record, once
-- entered, is only ever moved on.

ALTER TABLE operations ADD COLUMN program TEXT;     -- the window or the terminal
ALTER TABLE operations ADD COLUMN saved_plan TEXT;  -- the id of the saved plan that is applied, which may be applied once
ALTER TABLE operations ADD COLUMN key_hash TEXT;    -- SHA-256 of the API key that was made for the agent: is it the one we registered?
ALTER TABLE operations ADD COLUMN sent INTEGER CHECK (sent >= 0); -- how many of the plan's changes may have been sent; NULL: not known
ALTER TABLE operations ADD COLUMN heading TEXT NOT NULL DEFAULT 'forward'; -- 'back' once it leads back
ALTER TABLE operations ADD COLUMN waiting TEXT;     -- why it is not settled yet; JSON

CREATE UNIQUE INDEX saved_plans_are_applied_once ON operations (saved_plan)
    WHERE saved_plan IS NOT NULL AND state NOT IN ('prepared', 'failed');

CREATE INDEX operations_without_end ON operations (agent_id) WHERE finished_at IS NULL;

CREATE TRIGGER operations_are_not_edited
BEFORE UPDATE OF sequence, id, kind, environment_id, environment_name, url, agent_id, mode, actor, reason, source, fingerprint,
    started_at, plan, program, saved_plan ON operations
BEGIN
    SELECT RAISE(ABORT, 'a record of the history is never edited');
END;

CREATE TRIGGER operations_end_once
BEFORE UPDATE OF state, summary, outcome, finished_at, key_hash, sent, heading, waiting ON operations
WHEN OLD.finished_at IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'an operation that has ended does not change');
END;

CREATE TRIGGER operations_only_move_on
BEFORE UPDATE OF key_hash, sent, heading ON operations
WHEN (OLD.key_hash IS NOT NULL AND NEW.key_hash IS NOT OLD.key_hash)
    OR (OLD.sent IS NOT NULL AND (NEW.sent IS NULL OR NEW.sent < OLD.sent))
    OR (OLD.heading = 'back' AND NEW.heading <> 'back')
BEGIN
    SELECT RAISE(ABORT, 'an operation only moves on');
END;
