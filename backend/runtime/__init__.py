"""The real world: processes, sockets, disk. No web framework here."""
