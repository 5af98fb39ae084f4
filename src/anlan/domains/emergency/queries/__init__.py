"""Reads of emergency."""

from anlan.domains.emergency.queries.deciding import insist_measure, measures_for, ruling_of, say_words

__all__ = ["insist_measure", "measures_for", "ruling_of", "say_words"]
