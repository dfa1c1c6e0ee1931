"""What the `socketlab` command shows in a terminal. It knows nothing of the web."""
