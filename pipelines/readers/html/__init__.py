"""HTML: its elements as blocks; also what other markup is turned into."""
