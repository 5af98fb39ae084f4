"""Encryption without anybody's help: an authority of this installation's own, and how a phone comes to trust it."""
