"""Processes: how a program becomes one, is read, typed into, and ended."""
