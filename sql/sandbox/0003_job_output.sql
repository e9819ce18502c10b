-- Numbered events of jobs. Not bound to the row of the job: output may be queued ahead of the state that announces it.
CREATE TABLE job_output(
  job_id TEXT NOT NULL,
  event_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  data BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX job_output_key ON job_output(job_id, event_id);
