-- Artifacts that callers upload: they end by themselves, are listed, and can be sent twice without being stored twice.
ALTER TABLE artifacts ADD COLUMN expires_at INTEGER NULL;
ALTER TABLE artifacts ADD COLUMN idempotency_key TEXT NULL;

-- Where the bytes lie: 'local' or 'azure'.
ALTER TABLE artifacts ADD COLUMN store TEXT NOT NULL DEFAULT 'local';

-- 1: content of a snapshot or of a session that is paused to disk, which nobody reads or removes but these.
ALTER TABLE artifacts ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
UPDATE artifacts SET hidden = 1
 WHERE name IN ('workspace.tar', 'memory.image') AND (substr(owner, 1, 4) = 'snp_' OR substr(owner, 1, 4) = 'ses_');

CREATE INDEX artifacts_list ON artifacts(tenant_id, created_at DESC, id DESC) WHERE hidden = 0;
CREATE INDEX artifacts_expiry ON artifacts(expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX artifacts_elsewhere ON artifacts(store) WHERE store <> 'local';
CREATE UNIQUE INDEX artifacts_once ON artifacts(tenant_id, idempotency_key) WHERE idempotency_key IS NOT NULL;

-- Signed URLs that are good: one that was revoked, or whose artifact is gone, has no row.
CREATE TABLE artifact_urls(
  id TEXT NOT NULL PRIMARY KEY,
  artifact_id TEXT NOT NULL REFERENCES artifacts(id) ON DELETE CASCADE,
  tenant_id TEXT NOT NULL,
  method TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX artifact_urls_artifact ON artifact_urls(artifact_id);
CREATE INDEX artifact_urls_expiry ON artifact_urls(expires_at);
