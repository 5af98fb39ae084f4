"""Decisions of emergency as arithmetic."""
