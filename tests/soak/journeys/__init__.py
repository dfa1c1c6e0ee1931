"""Whole lessons as people live through them, on the page and in terminals beside it."""
