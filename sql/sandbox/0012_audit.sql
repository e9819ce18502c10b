-- The audit record: a chain of hashes per tenant. Rows are only ever added; the triggers hold whoever goes through SQL to that,
-- and the chain shows what was done to the file.
CREATE TABLE audit_heads(
  tenant_id TEXT NOT NULL PRIMARY KEY,
  sequence INTEGER NOT NULL,
  at INTEGER NOT NULL,
  hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit_events(
  tenant_id TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  at INTEGER NOT NULL, -- ticks of 100 ns since the year 1; never falls within a tenant
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  resource TEXT NOT NULL,
  outcome TEXT NOT NULL,
  previous_hash BLOB NOT NULL,
  hash BLOB NOT NULL,
  body BLOB NOT NULL, -- UTF-8 JSON, as it was hashed
  PRIMARY KEY (tenant_id, sequence)
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_by_time ON audit_events(tenant_id, at, sequence);
CREATE INDEX audit_by_actor ON audit_events(tenant_id, actor, sequence);
CREATE INDEX audit_by_action ON audit_events(tenant_id, action, sequence);
CREATE INDEX audit_by_resource ON audit_events(tenant_id, resource, sequence);
CREATE INDEX audit_by_outcome ON audit_events(tenant_id, outcome, sequence);

CREATE TRIGGER audit_events_update BEFORE UPDATE ON audit_events
BEGIN SELECT RAISE(ABORT, 'The audit record is append-only.'); END;

CREATE TRIGGER audit_events_delete BEFORE DELETE ON audit_events
BEGIN SELECT RAISE(ABORT, 'The audit record is append-only.'); END;

-- Also against REPLACE, which deletes without asking the trigger above: an event follows the head or is none.
CREATE TRIGGER audit_events_insert BEFORE INSERT ON audit_events
WHEN NEW.sequence IS NOT (SELECT coalesce(max(sequence), 0) + 1 FROM audit_heads WHERE tenant_id = NEW.tenant_id)
BEGIN SELECT RAISE(ABORT, 'An event follows the head of its chain.'); END;

CREATE TRIGGER audit_heads_insert BEFORE INSERT ON audit_heads
WHEN NEW.sequence <> 1 OR EXISTS(SELECT 1 FROM audit_heads WHERE tenant_id = NEW.tenant_id)
BEGIN SELECT RAISE(ABORT, 'A chain begins once.'); END;

CREATE TRIGGER audit_heads_update BEFORE UPDATE ON audit_heads
WHEN NEW.tenant_id <> OLD.tenant_id OR NEW.sequence <> OLD.sequence + 1
BEGIN SELECT RAISE(ABORT, 'The head of a chain goes on by one.'); END;

CREATE TRIGGER audit_heads_delete BEFORE DELETE ON audit_heads
BEGIN SELECT RAISE(ABORT, 'The audit record is append-only.'); END;
