-- One order for operations and backups: operations and backups count by themselves, and clocks go back.

CREATE TABLE history (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    operation_id TEXT UNIQUE,
    backup_id TEXT UNIQUE,
    CHECK ((operation_id IS NULL) <> (backup_id IS NULL))
) STRICT;

-- What is there already has no common order but the times; within operations and within backups the sequence still holds.
INSERT INTO history (operation_id, backup_id)
SELECT operation_id, backup_id FROM (
    SELECT id AS operation_id, NULL AS backup_id,
        max(started_at) OVER (ORDER BY sequence ROWS UNBOUNDED PRECEDING) AS at, sequence, 0 AS rank FROM operations
    UNION ALL
    SELECT NULL, id, max(taken_at) OVER (ORDER BY sequence ROWS UNBOUNDED PRECEDING), sequence, 1 FROM backups
) ORDER BY at, rank, sequence;

CREATE TRIGGER history_of_operations AFTER INSERT ON operations
BEGIN
    INSERT INTO history (operation_id) VALUES (NEW.id);
END;

CREATE TRIGGER history_of_backups AFTER INSERT ON backups
BEGIN
    INSERT INTO history (backup_id) VALUES (NEW.id);
END;

CREATE TRIGGER history_without_operation AFTER DELETE ON operations
BEGIN
    DELETE FROM history WHERE operation_id = OLD.id;
END;

CREATE TRIGGER history_without_backup AFTER DELETE ON backups
BEGIN
    DELETE FROM history WHERE backup_id = OLD.id;
END;
