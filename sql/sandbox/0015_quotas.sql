-- What tenants use, kept by the transactions that change it: no process counts for itself, and what is killed leaves no count behind.
CREATE TABLE tenant_usage(
  tenant_id TEXT NOT NULL PRIMARY KEY,
  sandboxes INTEGER NOT NULL,
  queued_jobs INTEGER NOT NULL,
  cpu_millis INTEGER NOT NULL,   -- thousandths of a processor: whole numbers add up exactly
  memory_bytes INTEGER NOT NULL,
  storage_bytes INTEGER NOT NULL -- of artifacts, which hold the content of snapshots as well
) STRICT, WITHOUT ROWID;

-- What an operator has set for a tenant: UTF-8 JSON; null for nothing.
ALTER TABLE tenants ADD COLUMN quotas BLOB NULL;

-- The share of each job and session: 0 when it has ended, or is paused to disk.
ALTER TABLE jobs ADD COLUMN sandboxes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN queued_jobs INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN cpu_millis INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN memory_bytes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN sandboxes INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN queued_jobs INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN cpu_millis INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN memory_bytes INTEGER NOT NULL DEFAULT 0;

UPDATE jobs SET queued_jobs = 1 WHERE status = 0;
UPDATE jobs SET sandboxes = 1,
       cpu_millis = CAST(round(1000 * json_extract(CAST(view AS TEXT), '$.limits.cpu')) AS INTEGER),
       memory_bytes = json_extract(CAST(view AS TEXT), '$.limits.memoryBytes')
 WHERE status = 1;
UPDATE sessions SET sandboxes = 1,
       cpu_millis = CAST(round(1000 * json_extract(CAST(view AS TEXT), '$.limits.cpu')) AS INTEGER),
       memory_bytes = json_extract(CAST(view AS TEXT), '$.limits.memoryBytes')
 WHERE status IN (0, 2) AND sandbox_id IS NOT NULL;

INSERT INTO tenant_usage(tenant_id, sandboxes, queued_jobs, cpu_millis, memory_bytes, storage_bytes)
SELECT tenant_id, sum(sandboxes), sum(queued_jobs), sum(cpu_millis), sum(memory_bytes), sum(storage_bytes)
  FROM (SELECT tenant_id, sandboxes, queued_jobs, cpu_millis, memory_bytes, 0 AS storage_bytes FROM jobs
        UNION ALL SELECT tenant_id, sandboxes, queued_jobs, cpu_millis, memory_bytes, 0 FROM sessions
        UNION ALL SELECT tenant_id, 0, 0, 0, 0, size_bytes FROM artifacts)
 GROUP BY tenant_id;

CREATE TRIGGER jobs_usage_insert AFTER INSERT ON jobs WHEN NEW.sandboxes + NEW.queued_jobs > 0
BEGIN
  INSERT INTO tenant_usage VALUES(NEW.tenant_id, NEW.sandboxes, NEW.queued_jobs, NEW.cpu_millis, NEW.memory_bytes, 0)
  ON CONFLICT(tenant_id) DO UPDATE SET
    sandboxes = sandboxes + excluded.sandboxes, queued_jobs = queued_jobs + excluded.queued_jobs,
    cpu_millis = cpu_millis + excluded.cpu_millis, memory_bytes = memory_bytes + excluded.memory_bytes;
END;

CREATE TRIGGER jobs_usage_update AFTER UPDATE ON jobs
WHEN NEW.sandboxes <> OLD.sandboxes OR NEW.queued_jobs <> OLD.queued_jobs OR NEW.cpu_millis <> OLD.cpu_millis OR NEW.memory_bytes <> OLD.memory_bytes
BEGIN
  INSERT INTO tenant_usage
  VALUES(NEW.tenant_id, NEW.sandboxes - OLD.sandboxes, NEW.queued_jobs - OLD.queued_jobs, NEW.cpu_millis - OLD.cpu_millis, NEW.memory_bytes - OLD.memory_bytes, 0)
  ON CONFLICT(tenant_id) DO UPDATE SET
    sandboxes = sandboxes + excluded.sandboxes, queued_jobs = queued_jobs + excluded.queued_jobs,
    cpu_millis = cpu_millis + excluded.cpu_millis, memory_bytes = memory_bytes + excluded.memory_bytes;
END;

CREATE TRIGGER jobs_usage_delete AFTER DELETE ON jobs WHEN OLD.sandboxes + OLD.queued_jobs > 0
BEGIN
  UPDATE tenant_usage
     SET sandboxes = sandboxes - OLD.sandboxes, queued_jobs = queued_jobs - OLD.queued_jobs,
         cpu_millis = cpu_millis - OLD.cpu_millis, memory_bytes = memory_bytes - OLD.memory_bytes
   WHERE tenant_id = OLD.tenant_id;
END;

CREATE TRIGGER sessions_usage_insert AFTER INSERT ON sessions WHEN NEW.sandboxes > 0
BEGIN
  INSERT INTO tenant_usage VALUES(NEW.tenant_id, NEW.sandboxes, 0, NEW.cpu_millis, NEW.memory_bytes, 0)
  ON CONFLICT(tenant_id) DO UPDATE SET
    sandboxes = sandboxes + excluded.sandboxes,
    cpu_millis = cpu_millis + excluded.cpu_millis, memory_bytes = memory_bytes + excluded.memory_bytes;
END;

CREATE TRIGGER sessions_usage_update AFTER UPDATE ON sessions
WHEN NEW.sandboxes <> OLD.sandboxes OR NEW.cpu_millis <> OLD.cpu_millis OR NEW.memory_bytes <> OLD.memory_bytes
BEGIN
  INSERT INTO tenant_usage
  VALUES(NEW.tenant_id, NEW.sandboxes - OLD.sandboxes, 0, NEW.cpu_millis - OLD.cpu_millis, NEW.memory_bytes - OLD.memory_bytes, 0)
  ON CONFLICT(tenant_id) DO UPDATE SET
    sandboxes = sandboxes + excluded.sandboxes,
    cpu_millis = cpu_millis + excluded.cpu_millis, memory_bytes = memory_bytes + excluded.memory_bytes;
END;

CREATE TRIGGER sessions_usage_delete AFTER DELETE ON sessions WHEN OLD.sandboxes > 0
BEGIN
  UPDATE tenant_usage
     SET sandboxes = sandboxes - OLD.sandboxes,
         cpu_millis = cpu_millis - OLD.cpu_millis, memory_bytes = memory_bytes - OLD.memory_bytes
   WHERE tenant_id = OLD.tenant_id;
END;

CREATE TRIGGER artifacts_usage_insert AFTER INSERT ON artifacts
BEGIN
  INSERT INTO tenant_usage VALUES(NEW.tenant_id, 0, 0, 0, 0, NEW.size_bytes)
  ON CONFLICT(tenant_id) DO UPDATE SET storage_bytes = storage_bytes + excluded.storage_bytes;
END;

CREATE TRIGGER artifacts_usage_delete AFTER DELETE ON artifacts
BEGIN
  UPDATE tenant_usage SET storage_bytes = storage_bytes - OLD.size_bytes WHERE tenant_id = OLD.tenant_id;
END;
