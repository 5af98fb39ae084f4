"""Decisions of notices."""
