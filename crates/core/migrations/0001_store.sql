-- Environments, operations and backups.
--
-- Order is always by sequence, which never repeats and never goes back; clocks do. Times are RFC 3339 in UTC.
-- Operations and backups keep an environment's id, name and URL as text without a foreign key: the history outlives it.

CREATE TABLE environments (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE, -- the name in lower case, which SQLite itself only knows for ASCII
    url TEXT NOT NULL,
    position INTEGER NOT NULL CHECK (position >= 0), -- stage order, from 0 without gaps
    colour TEXT NOT NULL,
    protection TEXT NOT NULL,
    default_agent TEXT,
    ca_file TEXT,
    plain_http TEXT NOT NULL,
    keep_backups INTEGER NOT NULL CHECK (keep_backups >= 0),
    keep_days INTEGER NOT NULL CHECK (keep_days >= 0),
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE operations (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    environment_id TEXT,
    environment_name TEXT,
    url TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    mode TEXT NOT NULL,
    actor TEXT NOT NULL,
    reason TEXT,
    source TEXT,
    fingerprint TEXT,
    started_at TEXT NOT NULL,
    finished_at TEXT,
    summary TEXT,
    backup_id TEXT REFERENCES backups (id) ON DELETE SET NULL,
    plan TEXT,   -- JSON
    outcome TEXT -- JSON
) STRICT;

CREATE INDEX operations_by_agent ON operations (agent_id, sequence);

CREATE TABLE backups (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    environment_id TEXT,
    environment_name TEXT,
    url TEXT NOT NULL,
    agent_id TEXT NOT NULL,
    taken_at TEXT NOT NULL,
    reason TEXT NOT NULL,
    operation_id TEXT, -- part of the hash, so it stays when the operation goes
    name TEXT,
    note TEXT,
    pinned TEXT NOT NULL,
    existed TEXT NOT NULL,
    resources INTEGER NOT NULL CHECK (resources >= 0),
    hash TEXT NOT NULL, -- over everything above but sequence, name, note and pinned, and over what is below
    tables TEXT,        -- JSON
    state BLOB NOT NULL -- JSON; last, so that lists do not read it
) STRICT;

CREATE INDEX backups_by_agent ON backups (agent_id, sequence);
