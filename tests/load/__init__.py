"""A class as load: many WebSockets at once, and what they measured."""
