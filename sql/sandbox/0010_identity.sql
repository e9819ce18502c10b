-- Tenants, and the keys that act in them. Of a key there is only the SHA-256.
CREATE TABLE tenants(
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Times are in ticks of 100 ns since the year 1.
INSERT INTO tenants(id, name, created_at)
VALUES('default', 'default', CAST(strftime('%s', 'now') AS INTEGER) * 10000000 + 621355968000000000);

CREATE TABLE api_keys(
  id TEXT NOT NULL PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  tenant_id TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  last_digits TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NULL,
  last_used_at INTEGER NULL
) STRICT;

CREATE INDEX api_keys_by_tenant ON api_keys(tenant_id, created_at DESC, id DESC);
