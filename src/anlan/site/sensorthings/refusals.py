"""A request that cannot be answered: the status, and words that say what was wrong and what to do."""


class Refused(Exception):
    """Raised anywhere below a door; the door answers with `status` and the words."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status, self.message = status, message


def shown(text, most=60):
    """What was sent, short enough for an answer."""
    return repr(text if len(text) <= most else text[:most] + "…")
