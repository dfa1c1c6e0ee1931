"""The HTTP API: requests into calls on runtime, values into JSON."""
