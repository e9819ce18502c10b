-- What lists of jobs read. Written in the transaction that writes the state of the job's grain and removed with it.
CREATE TABLE jobs(
  id TEXT NOT NULL PRIMARY KEY,
  state_id INTEGER NOT NULL REFERENCES grain_state(id) ON DELETE CASCADE,
  tenant_id TEXT NOT NULL,
  status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 5), -- 0 queued, 1 running; the others have ended
  created_at INTEGER NOT NULL,
  finished_at INTEGER NULL,
  node TEXT NOT NULL,
  sandbox_id TEXT NULL,
  view BLOB NOT NULL -- UTF-8 JSON of the job without its output
) STRICT;

CREATE UNIQUE INDEX jobs_state ON jobs(state_id);
CREATE INDEX jobs_tenant ON jobs(tenant_id, created_at DESC, id DESC);
CREATE INDEX jobs_tenant_status ON jobs(tenant_id, status, created_at DESC, id DESC);
CREATE INDEX jobs_open ON jobs(node, created_at, id) WHERE status < 2;
CREATE INDEX jobs_ended ON jobs(finished_at, id) WHERE finished_at IS NOT NULL;

-- Labels. Tenant and time are repeated here so that a filtered page is one range of this table's own tree.
CREATE TABLE job_metadata(
  tenant_id TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  job_id TEXT NOT NULL REFERENCES jobs(id) ON DELETE CASCADE,
  PRIMARY KEY (tenant_id, key, value, created_at DESC, job_id DESC)
) STRICT, WITHOUT ROWID;

CREATE INDEX job_metadata_job ON job_metadata(job_id);
