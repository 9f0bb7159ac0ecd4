"""Measurements: what the program needs, and how that grows."""
