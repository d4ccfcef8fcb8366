"""Check a file against its schema, then against the territory that no schema knows."""
