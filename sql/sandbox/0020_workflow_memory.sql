-- The shared memory of workflows: JSON values with a version each. It goes with its workflow.
CREATE TABLE workflow_memory(
  workflow_id TEXT NOT NULL REFERENCES workflows(id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  version INTEGER NOT NULL,    -- number of the change within the workflow: no key ever has the same one twice
  value BLOB NOT NULL,         -- UTF-8 JSON
  agent_id TEXT NOT NULL,      -- who wrote it
  changed_at INTEGER NOT NULL, -- ticks of 100 ns since the year 1
  PRIMARY KEY (workflow_id, key)
) STRICT, WITHOUT ROWID;

-- Kept by the transactions that change a key, so that bounds cost no scan.
ALTER TABLE workflows ADD COLUMN memory_version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE workflows ADD COLUMN memory_keys INTEGER NOT NULL DEFAULT 0;
ALTER TABLE workflows ADD COLUMN memory_bytes INTEGER NOT NULL DEFAULT 0;
