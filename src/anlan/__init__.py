"""Anlan (安澜): a district's urban-safety operations platform."""

__version__ = "0.1.0"
