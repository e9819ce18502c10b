-- Durable state of grains. One row a state; the version is the etag.
CREATE TABLE grain_state(
  id INTEGER PRIMARY KEY,
  service_id TEXT NOT NULL,
  grain_type TEXT NOT NULL,
  grain_key TEXT NOT NULL,
  state_name TEXT NOT NULL,
  version INTEGER NOT NULL,
  modified_at INTEGER NOT NULL, -- UTC ticks of 100 ns since 0001-01-01, as every time in these tables
  payload BLOB NOT NULL         -- UTF-8 JSON
) STRICT;

CREATE UNIQUE INDEX grain_state_key ON grain_state(service_id, grain_type, grain_key, state_name);

-- The health check proves with this row that the database can be written.
CREATE TABLE storage_probe(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  written_at INTEGER NOT NULL
) STRICT;
