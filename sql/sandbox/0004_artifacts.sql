-- Artifacts that are complete. The bytes lie in a file named after the id; a file without a row is rubbish.
CREATE TABLE artifacts(
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL,
  owner TEXT NOT NULL,
  name TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  content_type TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX artifacts_owner ON artifacts(tenant_id, owner);
