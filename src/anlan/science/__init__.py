"""The mathematics of warnings and of counting: pure numpy, vectorised over sensors (see README.md)."""

from anlan.science.crossing import compute_crossing_scores, compute_forecast, compute_surge_scores

__all__ = ["compute_crossing_scores", "compute_forecast", "compute_surge_scores"]
