"""Sweeps of emergency."""
