"""Measurements, run by hand: ratios of two ways in one run, on one machine."""
