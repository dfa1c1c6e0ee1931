"""The load: connections and what is sent over them, at next to no cost."""
