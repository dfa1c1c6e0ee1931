"""The pages, and what they are made with."""
