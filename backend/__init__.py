"""Socket Lab: a web playground for raw-socket lab work."""
