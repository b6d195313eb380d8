-- Whether the keychain asks for a password before it hands out an environment's key: never, idle, always.

ALTER TABLE environments ADD COLUMN key_prompt TEXT NOT NULL DEFAULT 'never';
