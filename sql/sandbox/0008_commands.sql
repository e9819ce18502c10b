-- Background commands are steps that run in no context; each kind is listed without the other.
ALTER TABLE session_steps ADD COLUMN background INTEGER NOT NULL DEFAULT 0;
CREATE INDEX session_steps_kind ON session_steps(session_id, background, sequence);
