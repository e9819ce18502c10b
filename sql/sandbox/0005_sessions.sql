-- What lists of sessions read. Written in the transaction that writes the state of the session's grain and removed with it.
CREATE TABLE sessions(
  id TEXT NOT NULL PRIMARY KEY,
  state_id INTEGER NOT NULL REFERENCES grain_state(id) ON DELETE CASCADE,
  tenant_id TEXT NOT NULL,
  status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 5), -- 0 ready, 2 paused; 1 is never stored; the others have ended
  created_at INTEGER NOT NULL,
  finished_at INTEGER NULL,
  expires_at INTEGER NOT NULL,
  node TEXT NOT NULL,
  sandbox_id TEXT NULL,
  view BLOB NOT NULL -- UTF-8 JSON of the session
) STRICT;

CREATE UNIQUE INDEX sessions_state ON sessions(state_id);
CREATE INDEX sessions_tenant ON sessions(tenant_id, created_at DESC, id DESC);
CREATE INDEX sessions_tenant_status ON sessions(tenant_id, status, created_at DESC, id DESC);
CREATE INDEX sessions_open ON sessions(node, created_at, id) WHERE status < 3;
CREATE INDEX sessions_expiry ON sessions(expires_at, id) WHERE status < 3;
CREATE INDEX sessions_ended ON sessions(finished_at, id) WHERE finished_at IS NOT NULL;

CREATE TABLE session_metadata(
  tenant_id TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  session_id TEXT NOT NULL REFERENCES sessions(id) ON DELETE CASCADE,
  PRIMARY KEY (tenant_id, key, value, created_at DESC, session_id DESC)
) STRICT, WITHOUT ROWID;

CREATE INDEX session_metadata_session ON session_metadata(session_id);

-- Steps of sessions, each with its short output. Not bound to the row of the session: they are removed before it is.
CREATE TABLE session_steps(
  session_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  ended INTEGER NOT NULL,
  kernel TEXT NULL,          -- the kernel it ran on
  idempotency_key TEXT NULL,
  record BLOB NOT NULL       -- UTF-8 JSON
) STRICT;

CREATE UNIQUE INDEX session_steps_key ON session_steps(session_id, sequence);
CREATE INDEX session_steps_open ON session_steps(session_id, sequence) WHERE ended = 0;
CREATE INDEX session_steps_kernel ON session_steps(session_id, kernel, sequence) WHERE ended = 1 AND kernel IS NOT NULL;
CREATE UNIQUE INDEX session_steps_idempotency ON session_steps(session_id, idempotency_key) WHERE idempotency_key IS NOT NULL;
