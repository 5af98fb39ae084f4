"""Rates of small numbers: drawn towards the peers by as much as they do not know."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.science.rates import Prior, compute_share_limit, fit_prior, shrink_rates

NUMBERS = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 400)), min_size=2, max_size=30)


def test_the_prior_by_hand():
    """Two of 10 and 30 events in 100 units each: mean .2; between (.01 + .01)/2 − .2/100 = .008; span .2/.008 = 25."""
    prior = fit_prior(np.array([10, 30]), np.array([100, 100]))
    assert prior.shape == pytest.approx(5) and prior.span == pytest.approx(25)
    rates = shrink_rates(np.array([10, 30]), np.array([100, 100]), prior)
    assert rates.rate == pytest.approx([15 / 125, 35 / 125])


def test_peers_that_differ_by_chance_alone_are_one():
    prior = fit_prior(np.array([10, 11, 9]), np.array([100, 100, 100]))
    assert prior.span == 300 and prior.shape == pytest.approx(30)
    assert fit_prior(np.array([10, 11, 9]), np.array([100, 100, 100]), span_most=50).span == 50


def test_a_district_without_events_has_a_prior():
    assert fit_prior(np.zeros(3), np.array([10, 20, 30])) == Prior(0.5, 60)
    assert fit_prior(np.zeros(0), np.zeros(0)) == Prior(0.5, 1.0)


@given(NUMBERS)
def test_each_rate_lies_between_its_own_and_that_of_the_peers(numbers):
    counts, units = (np.array(one) for one in zip(*numbers, strict=True))
    prior = fit_prior(counts, units)
    rates, mean = shrink_rates(counts, units, prior), prior.shape / prior.span
    raw = counts / units
    assert (rates.rate <= np.maximum(raw, mean) + 1e-9).all() and (
        rates.rate >= np.minimum(raw, mean) - 1e-9
    ).all()
    assert (rates.low <= rates.rate).all() and (rates.rate <= rates.high).all()


@given(st.integers(1, 20), st.integers(5, 50))
def test_the_fewer_units_the_wider_and_the_nearer_to_the_peers(times, units):
    """The same raw rate with many times the units is drawn less and is known better."""
    prior = Prior(5.0, 50.0)
    small, large = (shrink_rates(np.array([n]), np.array([n]), prior) for n in (units, units * (times + 1)))
    assert large.rate[0] >= small.rate[0] >= 0.1
    assert (large.high - large.low)[0] / large.rate[0] <= (small.high - small.low)[0] / small.rate[0]


def test_three_of_three_is_no_certainty():
    """Wilson's lower limit: 3 of 3 is .526 at z 1.645; 300 of 300 is .991."""
    low = compute_share_limit(np.array([3, 300, 0, 0]), np.array([3, 300, 10, 0]))
    assert low == pytest.approx([0.5258, 0.9911, 0, 0], abs=1e-4)
