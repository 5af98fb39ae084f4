"""Where the numbers of signs stand on a printed map, so that each can be read."""

SIGN = 7  # half the width of a sign, in units of the drawing
DIGIT_WIDE, DIGIT_HIGH = 7, 10
GAP = 3


def place_numbers(spots):
    """[(x, y)] of the left foot of the numbers 1, 2, … beside signs at these spots.

    Each stands to the right of its sign, else to the left, above or below: where it covers no sign and no number before
    it, or where it covers the fewest.
    """
    signs = [(x - SIGN, y - SIGN, x + SIGN, y + SIGN) for x, y in spots]
    taken, placed = [], []
    for n, (x, y) in enumerate(spots, 1):
        wide = DIGIT_WIDE * len(str(n))
        others = [one for at, one in enumerate(signs, 1) if at != n] + taken
        offered = [box_at(*foot, wide) for foot in feet(x, y, wide)]
        best = min(offered, key=lambda box: sum(overlap(box, other) for other in others))
        taken.append(best)
        placed.append((best[0], best[3]))
    return placed


def feet(x, y, wide):
    """The left feet that a number of this width may have beside a sign, the best first."""
    side, middle = SIGN + GAP, y + DIGIT_HIGH / 2 - 1
    yield from ((x + side, middle), (x - side - wide, middle))
    yield from ((x - wide / 2, y - side), (x - wide / 2, y + side + DIGIT_HIGH))


def box_at(x, y, wide):
    """(left, top, right, bottom) of a number with this left foot."""
    return x, y - DIGIT_HIGH, x + wide, y


def overlap(one, other):
    """The area that two boxes share."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return max(wide, 0) * max(high, 0)
