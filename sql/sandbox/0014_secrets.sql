-- Secrets of tenants. Each version's value is encrypted with a key of its own, which is wrapped as those of files are: removing
-- the row removes the key.
CREATE TABLE secrets(
  tenant_id TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,    -- counts from 1 and past removals
  kind TEXT NULL,              -- null where the secret was removed: the row keeps the count
  hosts TEXT NULL,             -- where a header goes, separated by spaces
  header_name TEXT NULL,
  header_template TEXT NULL,
  data_key BLOB NULL,
  content BLOB NULL,           -- encrypted
  agent_id TEXT NOT NULL,
  created_at INTEGER NOT NULL, -- ticks of 100 ns since the year 1
  -- The present version comes first.
  PRIMARY KEY (tenant_id, name, version DESC)
) STRICT, WITHOUT ROWID;
