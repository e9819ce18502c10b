-- What lists of services read. Written in the transaction that writes the state of the service's grain and removed with it. The session
-- that a service is inside of its grain has no row of its own: this one names its sandbox and has its share.
CREATE TABLE services(
  id TEXT NOT NULL PRIMARY KEY,
  state_id INTEGER NOT NULL REFERENCES grain_state(id) ON DELETE CASCADE,
  tenant_id TEXT NOT NULL,
  status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 3), -- 0 starting, 1 running; the others are over
  created_at INTEGER NOT NULL,
  finished_at INTEGER NULL,
  expires_at INTEGER NOT NULL,
  node TEXT NOT NULL,
  sandbox_id TEXT NULL,
  sandboxes INTEGER NOT NULL DEFAULT 0,
  queued_jobs INTEGER NOT NULL DEFAULT 0,
  cpu_millis INTEGER NOT NULL DEFAULT 0,
  memory_bytes INTEGER NOT NULL DEFAULT 0,
  view BLOB NOT NULL -- UTF-8 JSON of the service
) STRICT;

CREATE UNIQUE INDEX services_state ON services(state_id);
CREATE INDEX services_tenant ON services(tenant_id, created_at DESC, id DESC);
CREATE INDEX services_tenant_status ON services(tenant_id, status, created_at DESC, id DESC);
CREATE INDEX services_open ON services(node, created_at, id) WHERE status < 2;
CREATE INDEX services_expiry ON services(expires_at, id) WHERE status < 2;
CREATE INDEX services_ended ON services(finished_at, id) WHERE finished_at IS NOT NULL;

CREATE TABLE service_metadata(
  tenant_id TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  service_id TEXT NOT NULL REFERENCES services(id) ON DELETE CASCADE,
  PRIMARY KEY (tenant_id, key, value, created_at DESC, service_id DESC)
) STRICT, WITHOUT ROWID;

CREATE INDEX service_metadata_service ON service_metadata(service_id);

-- They count as sandboxes.
CREATE TRIGGER services_usage_insert AFTER INSERT ON services WHEN NEW.sandboxes > 0
BEGIN
  INSERT INTO tenant_usage VALUES(NEW.tenant_id, NEW.sandboxes, 0, NEW.cpu_millis, NEW.memory_bytes, 0)
  ON CONFLICT(tenant_id) DO UPDATE SET
    sandboxes = sandboxes + excluded.sandboxes,
    cpu_millis = cpu_millis + excluded.cpu_millis, memory_bytes = memory_bytes + excluded.memory_bytes;
END;

CREATE TRIGGER services_usage_update AFTER UPDATE ON services
WHEN NEW.sandboxes <> OLD.sandboxes OR NEW.cpu_millis <> OLD.cpu_millis OR NEW.memory_bytes <> OLD.memory_bytes
BEGIN
  INSERT INTO tenant_usage
  VALUES(NEW.tenant_id, NEW.sandboxes - OLD.sandboxes, 0, NEW.cpu_millis - OLD.cpu_millis, NEW.memory_bytes - OLD.memory_bytes, 0)
  ON CONFLICT(tenant_id) DO UPDATE SET
    sandboxes = sandboxes + excluded.sandboxes,
    cpu_millis = cpu_millis + excluded.cpu_millis, memory_bytes = memory_bytes + excluded.memory_bytes;
END;

CREATE TRIGGER services_usage_delete AFTER DELETE ON services WHEN OLD.sandboxes > 0
BEGIN
  UPDATE tenant_usage
     SET sandboxes = sandboxes - OLD.sandboxes,
         cpu_millis = cpu_millis - OLD.cpu_millis, memory_bytes = memory_bytes - OLD.memory_bytes
   WHERE tenant_id = OLD.tenant_id;
END;
