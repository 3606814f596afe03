"""The ledger: everything Octavo must not forget, in SQLite or Postgres, by the same code."""
