-- Nodes that take no new work, until somebody says otherwise. Of all others nothing is stored: they are where a process answers.
CREATE TABLE node_drains(
  node TEXT NOT NULL PRIMARY KEY,
  since INTEGER NOT NULL -- ticks of 100 ns since the year 1
) STRICT, WITHOUT ROWID;
