-- Policies of tenants. Rows are only ever added: what a decision was made by can be read for ever.
CREATE TABLE policies(
  tenant_id TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,    -- counts from 1 and past removals
  document BLOB NULL,          -- UTF-8 JSON; null where the policy was removed
  agent_id TEXT NOT NULL,
  created_at INTEGER NOT NULL, -- ticks of 100 ns since the year 1
  -- The last version comes first, which is the one that decisions read.
  PRIMARY KEY (tenant_id, name, version DESC)
) STRICT, WITHOUT ROWID;

-- The only policy that a key may be used under; null for any of the tenant.
ALTER TABLE api_keys ADD COLUMN policy TEXT NULL;
