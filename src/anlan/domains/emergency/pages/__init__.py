"""Pages of emergency."""
