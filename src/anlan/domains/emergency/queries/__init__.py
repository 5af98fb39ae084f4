"""Reads of emergency."""
