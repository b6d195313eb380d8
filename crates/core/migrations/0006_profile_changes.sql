-- What was changed in aidb itself belongs to the history as well: which profile, what of it, by whom. Besides, how many items of
-- an operation's plan give and take, so that a list need not read the plans; records from before do not say it.

ALTER TABLE operations ADD COLUMN gains INTEGER CHECK (gains >= 0);
ALTER TABLE operations ADD COLUMN losses INTEGER CHECK (losses >= 0);

CREATE TABLE profile_changes (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    action TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    environment_name TEXT NOT NULL,
    url TEXT NOT NULL,
    actor TEXT NOT NULL,
    program TEXT NOT NULL,
    at TEXT NOT NULL,
    details TEXT NOT NULL -- JSON: an array, one line for each value; never a key
) STRICT;

CREATE TRIGGER profile_changes_are_not_edited BEFORE UPDATE ON profile_changes
BEGIN
    SELECT RAISE(ABORT, 'a record of the history is never edited');
END;

DROP TRIGGER history_of_operations;
DROP TRIGGER history_of_backups;
DROP TRIGGER history_without_operation;
DROP TRIGGER history_without_backup;

CREATE TABLE history_of_all (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    operation_id TEXT UNIQUE,
    backup_id TEXT UNIQUE,
    profile_change_id TEXT UNIQUE,
    CHECK ((operation_id IS NOT NULL) + (backup_id IS NOT NULL) + (profile_change_id IS NOT NULL) = 1)
) STRICT;

INSERT INTO history_of_all (sequence, operation_id, backup_id)
SELECT sequence, operation_id, backup_id FROM history ORDER BY sequence;

DROP TABLE history;
ALTER TABLE history_of_all RENAME TO history;

CREATE TRIGGER history_of_operations AFTER INSERT ON operations
BEGIN
    INSERT INTO history (operation_id) VALUES (NEW.id);
END;

CREATE TRIGGER history_of_backups AFTER INSERT ON backups
BEGIN
    INSERT INTO history (backup_id) VALUES (NEW.id);
END;

CREATE TRIGGER history_of_profile_changes AFTER INSERT ON profile_changes
BEGIN
    INSERT INTO history (profile_change_id) VALUES (NEW.id);
END;

CREATE TRIGGER history_without_operation AFTER DELETE ON operations
BEGIN
    DELETE FROM history WHERE operation_id = OLD.id;
END;

CREATE TRIGGER history_without_backup AFTER DELETE ON backups
BEGIN
    DELETE FROM history WHERE backup_id = OLD.id;
END;
