"""The pages that join several domains."""
