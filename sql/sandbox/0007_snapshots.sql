-- What lists of snapshots read. Written in the transaction that writes the state of the snapshot's grain and removed with it.
CREATE TABLE snapshots(
  id TEXT NOT NULL PRIMARY KEY,
  state_id INTEGER NOT NULL REFERENCES grain_state(id) ON DELETE CASCADE,
  tenant_id TEXT NOT NULL,
  status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 1), -- 0 is being made or removed, 1 ready
  created_at INTEGER NOT NULL,
  finished_at INTEGER NULL,                               -- never set; as the other query tables
  expires_at INTEGER NULL,
  node TEXT NOT NULL,
  sandbox_id TEXT NULL,                                   -- never set
  view BLOB NOT NULL -- UTF-8 JSON of the snapshot
) STRICT;

CREATE UNIQUE INDEX snapshots_state ON snapshots(state_id);
CREATE INDEX snapshots_tenant_status ON snapshots(tenant_id, status, created_at DESC, id DESC);
CREATE INDEX snapshots_open ON snapshots(node, created_at, id) WHERE status < 1;
CREATE INDEX snapshots_expiry ON snapshots(expires_at, id) WHERE expires_at IS NOT NULL;

-- The labels of callers, and one of ours, whose name no caller can give: the session that a snapshot is of.
CREATE TABLE snapshot_metadata(
  tenant_id TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  snapshot_id TEXT NOT NULL REFERENCES snapshots(id) ON DELETE CASCADE,
  PRIMARY KEY (tenant_id, key, value, created_at DESC, snapshot_id DESC)
) STRICT, WITHOUT ROWID;

CREATE INDEX snapshot_metadata_snapshot ON snapshot_metadata(snapshot_id);
