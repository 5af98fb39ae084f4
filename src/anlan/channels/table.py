"""Every kind of channel there is, by its code."""

from anlan.channels.sending import Kind

KINDS: dict[str, Kind] = {}
