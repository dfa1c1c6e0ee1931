"""What runs inside a lab's process: standard library only."""
