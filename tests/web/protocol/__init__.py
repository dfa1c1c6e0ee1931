"""The bounds of connections, over raw sockets."""
