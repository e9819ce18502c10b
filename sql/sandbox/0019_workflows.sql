-- What lists of workflows read. Written in the transaction that writes the state of the workflow's grain and removed with it.
CREATE TABLE workflows(
  id TEXT NOT NULL PRIMARY KEY,
  state_id INTEGER NOT NULL REFERENCES grain_state(id) ON DELETE CASCADE,
  tenant_id TEXT NOT NULL,
  status INTEGER NOT NULL CHECK (status BETWEEN 0 AND 5), -- 0 running, 1 stopping; the others have ended
  created_at INTEGER NOT NULL,
  finished_at INTEGER NULL,
  node TEXT NOT NULL,
  sandbox_id TEXT NULL,                                   -- never set; as the other query tables
  view BLOB NOT NULL -- UTF-8 JSON of the workflow without its steps
) STRICT;

CREATE UNIQUE INDEX workflows_state ON workflows(state_id);
CREATE INDEX workflows_tenant ON workflows(tenant_id, created_at DESC, id DESC);
CREATE INDEX workflows_tenant_status ON workflows(tenant_id, status, created_at DESC, id DESC);
CREATE INDEX workflows_open ON workflows(node, created_at, id) WHERE status < 2;
CREATE INDEX workflows_ended ON workflows(finished_at, id) WHERE finished_at IS NOT NULL;

CREATE TABLE workflow_metadata(
  tenant_id TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  workflow_id TEXT NOT NULL REFERENCES workflows(id) ON DELETE CASCADE,
  PRIMARY KEY (tenant_id, key, value, created_at DESC, workflow_id DESC)
) STRICT, WITHOUT ROWID;

CREATE INDEX workflow_metadata_workflow ON workflow_metadata(workflow_id);

-- The policies that an agent's keys are for, which are asked for when a step names an agent.
CREATE INDEX api_keys_by_agent ON api_keys(tenant_id, agent_id);
