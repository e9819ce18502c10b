-- Keys of what is stored as files. Each object has a key of its own, wrapped by its tenant's key; that one is wrapped by the
-- master key, which is not in this database. Without its row an object cannot be read by anybody.
CREATE TABLE tenant_keys(
  tenant_id TEXT NOT NULL PRIMARY KEY,
  wrapped BLOB NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

-- NULL: written by a version that did not encrypt.
ALTER TABLE artifacts ADD COLUMN data_key BLOB NULL;
