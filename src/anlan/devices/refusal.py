"""Why a payload gave no readings."""


class Refusal(Exception):
    """A payload that cannot be read. Its text says what was wrong, where, and what to do; a person reads it."""
