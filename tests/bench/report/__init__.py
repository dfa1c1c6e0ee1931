"""What was measured, as values: figures, their noise, tables, plots, files."""
