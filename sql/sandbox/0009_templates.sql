-- Templates: what sandboxes can be made from. Their files lie on the node, under the digest that the record names.
CREATE TABLE templates(
  tenant_id TEXT NOT NULL, -- empty where it belongs to all tenants
  name TEXT NOT NULL,
  record BLOB NOT NULL,    -- UTF-8 JSON
  PRIMARY KEY (tenant_id, name)
) STRICT, WITHOUT ROWID;
