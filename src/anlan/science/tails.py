"""Tails: how likely chance alone brings so many, exactly, for counts; and the limits that go with it."""

import numpy as np

STEPS_MOST = 20_000  # of a series or fraction; a count of a million needs some thousand
CLOSE = 1e-14
TINY = 1e-300
HALVINGS = 80
STIRLING_FROM = 10  # below, the argument is raised by the recurrence; the series then errs by less than 1e-13
STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360)


def compute_log_gamma(x: np.ndarray) -> np.ndarray:
    """ln Γ(x) for x > 0, any shape, dimensionless, to twelve digits.

    Stirling's series after raising the argument (Abramowitz and Stegun 6.1.15, 6.1.41).
    """
    x = np.asarray(x, float)
    raised, product = x.copy(), np.ones(x.shape)
    for _step in range(STIRLING_FROM):
        low = raised < STIRLING_FROM
        product = np.where(low, product * raised, product)
        raised = np.where(low, raised + 1, raised)
    tail = sum(c / raised ** (2 * k + 1) for k, c in enumerate(STIRLING))
    return (raised - 0.5) * np.log(raised) - raised + 0.5 * np.log(2 * np.pi) + tail - np.log(product)


def compute_gamma_cdf(x: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """P(G ≤ x) of a gamma variable of this shape (> 0) and scale 1; x ≥ 0, any shapes that broadcast, in [0, 1].

    The regularised incomplete gamma function P(shape, x): series below shape + 1, continued fraction above
    (Abramowitz and Stegun 6.5.29 and 6.5.31, the latter by Lentz's method).
    """
    x, a = np.broadcast_arrays(np.asarray(x, float), np.asarray(shape, float))
    x, a = np.atleast_1d(x), np.atleast_1d(a)
    with np.errstate(divide="ignore", over="ignore"):
        front = np.where(
            x > 0, np.exp(a * np.log(np.maximum(x, TINY)) - x - compute_log_gamma(np.maximum(a, TINY))), 0
        )
    by_series = x < a + 1
    low = _sum_gamma_series(np.where(by_series, x, 0), a) * front
    high = 1 - _follow_gamma_fraction(np.where(by_series, a + 1, x), a) * front
    return np.clip(np.where(by_series, low, high), 0, 1)


def _sum_gamma_series(x, a):
    term = 1 / a
    total = term
    for step in range(1, STEPS_MOST):
        term = term * x / (a + step)
        total = total + term
        if (term <= total * CLOSE).all():
            break
    return total


def _follow_gamma_fraction(x, a):
    b = x + 1 - a
    c, d = np.full(x.shape, 1 / TINY), 1 / np.where(np.abs(b) < TINY, TINY, b)
    value = d
    for step in range(1, STEPS_MOST):
        factor = -step * (step - a)
        b = b + 2
        d = factor * d + b
        d = 1 / np.where(np.abs(d) < TINY, TINY, d)
        c = b + factor / c
        c = np.where(np.abs(c) < TINY, TINY, c)
        value = value * d * c
        if (np.abs(d * c - 1) < CLOSE * 10).all():
            break
    return value


def compute_beta_cdf(x: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """P(B ≤ x) of a beta variable with a, b > 0; x in [0, 1], any shapes that broadcast, in [0, 1].

    The regularised incomplete beta function by its continued fraction (Abramowitz and Stegun 26.5.8, Lentz's method).
    """
    x, a, b = (np.atleast_1d(one) for one in np.broadcast_arrays(*(np.asarray(v, float) for v in (x, a, b))))
    swap = x > (a + 1) / (a + b + 2)
    x, a, b = np.where(swap, 1 - x, x), np.where(swap, b, a), np.where(swap, a, b)
    inner = np.clip(x, TINY, 1 - 1e-16)
    front = np.exp(
        compute_log_gamma(a + b) - compute_log_gamma(a) - compute_log_gamma(b)
        + a * np.log(inner) + b * np.log1p(-inner)
    )  # fmt: skip
    told = np.where(x > 0, front * _follow_beta_fraction(inner, a, b) / a, 0)
    return np.clip(np.where(swap, 1 - told, told), 0, 1)


def _follow_beta_fraction(x, a, b):
    c = np.ones(x.shape)
    d = 1 - (a + b) * x / (a + 1)
    d = 1 / np.where(np.abs(d) < TINY, TINY, d)
    value = d
    for m in range(1, STEPS_MOST):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        last = value
        for factor in (even, odd):
            d = 1 + factor * d
            d = 1 / np.where(np.abs(d) < TINY, TINY, d)
            c = 1 + factor / c
            c = np.where(np.abs(c) < TINY, TINY, c)
            value = value * d * c
        if (np.abs(value - last) <= CLOSE * 10 * np.abs(value)).all():
            break
    return value


def compute_gamma_quantile(share: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """The x with P(G ≤ x) = share of a gamma variable of this shape and scale 1; 0 where shape is 0.

    Newton's steps from the middle of a bracket that every step narrows; where a step would leave it, it is halved.
    """
    share, a = np.broadcast_arrays(np.asarray(share, float), np.asarray(shape, float))
    share, a = np.atleast_1d(share), np.maximum(np.atleast_1d(a), 1e-9)
    low, high, x = np.zeros(a.shape), a + 40 * np.sqrt(a + 1) + 40, a.copy()
    for _step in range(HALVINGS):
        off = compute_gamma_cdf(x, a) - share
        low, high = np.where(off < 0, x, low), np.where(off < 0, high, x)
        if (np.abs(off) < 1e-13).all():
            break
        density = np.exp((a - 1) * np.log(np.maximum(x, TINY)) - x - compute_log_gamma(a))
        stepped = x - off / np.maximum(density, TINY)
        x = np.where((stepped > low) & (stepped < high), stepped, (low + high) / 2)
    return np.where(a > 1e-9, x, 0)


def compute_poisson_limits(count: np.ndarray, level: float = 0.9) -> tuple[np.ndarray, np.ndarray]:
    """The exact two-sided limits (low, high) of the mean of a Poisson count at this level; counts ≥ 0, any shape.

    Garwood 1936 [K]: gamma quantiles of count and of count + 1. Ten at 95 %: 4.80 to 18.39.
    """
    aside = (1 - level) / 2
    count = np.asarray(count, float)
    return compute_gamma_quantile(aside, count), compute_gamma_quantile(1 - aside, count + 1)


def compute_more_p(count: np.ndarray, mean: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """How likely chance brings `count` or more, where so many are expected with so much variance; any shapes, in [0, 1].

    The negative binomial of this mean and variance; Poisson where the variance is no more than the mean. The tail is
    the beta function I_q(count, size) with size = mean² / (variance − mean), q = mean / (size + mean) (Abramowitz and
    Stegun 26.5.26). mean ≤ 0: 1 where count is 0, else 0.
    """
    count, mean, variance = np.broadcast_arrays(
        np.asarray(count, float), np.asarray(mean, float), np.asarray(variance, float)
    )
    safe, some = np.maximum(mean, 1e-12), np.maximum(count, 1)
    excess = variance - safe
    is_wide = excess > 1e-9 * safe
    size = safe**2 / np.where(is_wide, excess, safe)
    wide = compute_beta_cdf(safe / (size + safe), some, size)
    narrow = compute_gamma_cdf(safe, some)
    return np.where(count <= 0, 1.0, np.where(is_wide, wide, narrow).reshape(count.shape))
