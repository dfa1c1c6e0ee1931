"""What a playground remembers: an interface, and its form on SQLite."""
