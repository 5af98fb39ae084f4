"""Decisions of the register of enterprises as arithmetic."""
