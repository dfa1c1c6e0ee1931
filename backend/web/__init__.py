"""Pages, HTTP and WebSocket: turns requests into calls on the runtime."""
