-- Why an operation ended before it wrote anything, as an error code: a plan that was refused, or a person who stopped it, is no
-- failure. Records from before do not say it.

ALTER TABLE operations ADD COLUMN cause TEXT;
