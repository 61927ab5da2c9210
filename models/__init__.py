"""What we know: records, vocabularies, tables, the store (only writer) and the queries (only reader)."""
