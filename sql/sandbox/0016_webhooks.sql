-- Where tenants have their events sent to, how far each has come on the tenant's audit record, and what became of what was sent.
CREATE TABLE webhooks(
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  url TEXT NOT NULL,
  types TEXT NOT NULL,           -- separated by spaces; empty for all
  description TEXT NULL,
  disabled TEXT NULL,            -- why; null where it is enabled
  agent_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,   -- ticks of 100 ns since the year 1
  secret BLOB NOT NULL,          -- encrypted
  previous_secret BLOB NULL,     -- encrypted; good until the time beside it
  previous_until INTEGER NULL,
  position INTEGER NOT NULL,     -- sequence of the last entry on the audit record that was looked at
  failing_since INTEGER NULL,
  next_number INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX webhooks_by_tenant ON webhooks(tenant_id, created_at, id);

CREATE TABLE webhook_deliveries(
  webhook_id TEXT NOT NULL REFERENCES webhooks(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  id TEXT NOT NULL,
  event_id INTEGER NULL,
  type TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  status INTEGER NOT NULL,       -- 0 pending, 1 delivered, 2 failed
  attempts INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  next_at INTEGER NULL,
  last_at INTEGER NULL,
  response_status INTEGER NULL,
  error TEXT NULL,
  duration INTEGER NULL,         -- of the last attempt, in ticks of 100 ns
  PRIMARY KEY (webhook_id, number)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX webhook_deliveries_by_id ON webhook_deliveries(id);
CREATE INDEX webhook_deliveries_pending ON webhook_deliveries(webhook_id, number) WHERE status = 0;
