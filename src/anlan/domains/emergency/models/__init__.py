"""Rows of emergency."""
