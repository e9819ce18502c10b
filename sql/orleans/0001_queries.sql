-- Orleans' ADO.NET providers read their SQL text from this table. Keys, columns and parameters are Orleans' contract;
-- the text is ours. Every query changes data by at most one statement, which SQLite makes atomic by itself:
-- no BEGIN … COMMIT that could fail midway and leave a pooled connection inside a transaction.
CREATE TABLE OrleansQuery(
  QueryKey TEXT NOT NULL PRIMARY KEY,
  QueryText TEXT NOT NULL
) WITHOUT ROWID;
