"""The pages, to those who do not see them, or not well."""
