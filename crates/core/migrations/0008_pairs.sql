-- What a person says about agents of several environments: which are the same agent under different ids, and what differs on
-- purpose. Both go with their environments. Besides, the overview as it was read last, to show it before it is read again.

CREATE TABLE pair_members (
    pair TEXT NOT NULL,
    environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
    agent_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (environment_id, agent_id),
    UNIQUE (pair, environment_id)
) STRICT;

CREATE TABLE accepted_differences (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
    agent_id TEXT NOT NULL,
    before_environment_id TEXT NOT NULL REFERENCES environments (id) ON DELETE CASCADE,
    before_agent_id TEXT NOT NULL,
    item TEXT NOT NULL,
    digest TEXT NOT NULL, -- of the two values: another difference is not the accepted one
    says TEXT NOT NULL,   -- the two values, for people
    reason TEXT NOT NULL,
    until TEXT NOT NULL,
    actor TEXT NOT NULL,
    at TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX accepted_once ON accepted_differences
    (environment_id, agent_id, before_environment_id, before_agent_id, item);

CREATE TABLE last_overview (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    content TEXT NOT NULL -- JSON
) STRICT;
