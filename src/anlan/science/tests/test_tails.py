"""Tails of counts: against tables everybody has, closed forms, and sums term by term."""

from math import comb, exp, factorial, lgamma

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.science.tails import (
    compute_beta_cdf,
    compute_gamma_cdf,
    compute_gamma_quantile,
    compute_log_gamma,
    compute_more_p,
    compute_poisson_limits,
)


@given(st.floats(1e-3, 1e5))
def test_log_gamma_is_that_of_the_standard_library(x):
    assert compute_log_gamma(x) == pytest.approx(lgamma(x), rel=1e-11, abs=1e-11)


@pytest.mark.parametrize(
    ("share", "free", "quantile"),
    [(0.95, 2, 5.991), (0.95, 10, 18.307), (0.025, 10, 3.247), (0.99, 1, 6.635), (0.05, 30, 18.493)],
)
def test_quantiles_are_those_of_the_chi_square_table(share, free, quantile):
    assert 2 * compute_gamma_quantile(share, free / 2)[0] == pytest.approx(quantile, abs=6e-4)
    assert compute_gamma_cdf(quantile / 2, free / 2)[0] == pytest.approx(share, abs=1e-4)


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0, 3.69), (1, 0.03, 5.57), (10, 4.80, 18.39), (100, 81.36, 121.63)]
)
def test_poisson_limits_are_the_published_ones(count, low, high):
    """The 95 % limits that every table of vital statistics prints."""
    found = compute_poisson_limits(np.array([count]), 0.95)
    assert found[0][0] == pytest.approx(low, abs=0.006) and found[1][0] == pytest.approx(high, abs=0.006)


@given(st.integers(1, 60), st.floats(0.05, 80))
def test_a_poisson_tail_is_the_sum_of_its_terms(count, mean):
    below = sum(exp(-mean) * mean**k / factorial(k) for k in range(count))
    assert compute_more_p(count, mean, mean) == pytest.approx(1 - below, abs=1e-9)


@given(st.integers(1, 40), st.integers(1, 12), st.floats(0.05, 0.95))
def test_a_negative_binomial_tail_is_the_sum_of_its_terms(count, size, success):
    """So many failures before the size-th success: mean size q / p, variance size q / p²."""
    q = 1 - success
    below = sum(comb(k + size - 1, k) * success**size * q**k for k in range(count))
    told = compute_more_p(count, size * q / success, size * q / success**2)
    assert told == pytest.approx(1 - below, abs=1e-9)


@given(st.floats(0, 1), st.floats(0.1, 50))
def test_beta_of_one_has_a_closed_form(x, a):
    assert compute_beta_cdf(x, a, 1.0)[0] == pytest.approx(x**a, abs=1e-9)
    assert compute_beta_cdf(x, 1.0, a)[0] == pytest.approx(1 - (1 - x) ** a, abs=1e-9)


@given(st.floats(0.001, 200), st.floats(1, 5))
def test_more_is_less_likely(mean, dispersion):
    """The tail falls with the count and rises with the mean at equal scatter; nothing or more is certain."""
    told = compute_more_p(np.arange(40), mean, dispersion * mean)
    assert told[0] == 1 and (np.diff(told) <= 1e-12).all() and (told >= 0).all()
    assert (
        compute_more_p(5, 2 * mean, 2 * dispersion * mean)
        >= compute_more_p(5, mean, dispersion * mean) - 1e-9
    )


def test_large_counts_do_not_break_it():
    told = compute_more_p(np.array([20_000, 20_600]), 20_000.0, 60_000.0)
    assert told[0] == pytest.approx(0.5, abs=0.01) and told[1] == pytest.approx(0.0075, abs=0.001)
