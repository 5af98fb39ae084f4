"""How a capacity is computed, checked and superseded.

Marks of sources, as in the rulebook: T text, S secondary source, P press or practice, M and K unconfirmed
(both shown 待核实).
"""

from math import floor, isfinite
from typing import NamedTuple

from anlan.domains.places.terms import INPUT_LABELS, CapacityKind, CapacityMethod, Refusal

DENSITY_MOST_PER_M2 = 5.0  # the crush range: no capacity may plan for it (science.md 1.8)
DENSITY_WARN_PER_M2 = 3.0  # Seoul's "alert" step, set below accident density (science.md 1.8)
VALUE_MOST = 10_000_000
SEATS_FACTOR = 1.1  # design persons = seats × 1.1 (GB 50016 5.5.21, M)
PATH_M2_PER_PERSON = (5.0, 10.0)  # GB/T 50298-2018, P
UNCONFIRMED = {"M", "K"}
DENSITY_KINDS = {CapacityKind.INSTANTANEOUS, CapacityKind.HOLDING}


class Method(NamedTuple):
    """One method: its inputs, its formula in words, where it comes from and how sure that is."""

    inputs: tuple
    formula: str
    source: str
    mark: str

    @property
    def is_unconfirmed(self):
        return self.mark in UNCONFIRMED


METHODS = {
    CapacityMethod.AREA: Method(("parts",), "C = Σ Xᵢ / Yᵢ", "LB/T 034-2014", "S"),
    CapacityMethod.PATH: Method(
        ("path_length_m", "path_width_m", "m2_per_person"), "C = L × W / Y", "GB/T 50298-2018", "P"
    ),
    CapacityMethod.BOTTLENECK: Method(
        ("clear_width_m", "flow_per_m_min", "stay_min"), "C = W × q × t", "", "K"
    ),
    CapacityMethod.TURNOVER: Method(
        ("instantaneous_persons", "open_h", "stay_h"), "C = C₁ × T / t", "LB/T 034-2014", "K"
    ),
    CapacityMethod.SEATS: Method(("seats",), "C = n × 1.1", "GB 50016 5.5.21", "M"),
    CapacityMethod.HISTORY: Method(("peak_persons", "share"), "C = P × k", "", "K"),
    CapacityMethod.DOCUMENT: Method((), "", "", "T"),
}


class Computed(NamedTuple):
    """A computed capacity in people (None: the method computes nothing), how it came about, and doubts."""

    persons: int | None
    steps: str
    doubts: tuple = ()


def compute_capacity(method, inputs):
    """The capacity that `method` gives for `inputs` (see METHODS), rounded down, with its steps.

    Areas in m², widths and lengths in m, flow in people per metre and minute, stay in min or h.
    Returns a refusal (text) instead where an input is missing or not above zero.
    """
    if fault := check_inputs(METHODS[method].inputs, inputs):
        return fault
    return COMPUTE[method](inputs)


def check_inputs(names, inputs):
    """Refuses inputs that are missing, not finite or not above zero; names the first."""
    for name in names:
        values = [part.get(key) for part in inputs.get("parts", ()) for key in ("area_m2", "m2_per_person")]
        values = values if name == "parts" else [inputs.get(name)]
        if not values or None in values:
            return Refusal.INPUT_MISSING % {"name": INPUT_LABELS[name]}
        if not all(isfinite(value) and value > 0 for value in values):
            return Refusal.INPUT_NOT_POSITIVE % {"name": INPUT_LABELS[name]}
    if "share" in names and inputs["share"] > 1:
        return Refusal.SHARE_ABOVE_ONE


def compute_by_area(inputs):
    """C1 = Σ X_i / Y_i: effective area over area per person, part by part (LB/T 034-2014, S)."""
    parts = inputs["parts"]
    steps = " + ".join(f"{part['area_m2']:,g} / {part['m2_per_person']:g}" for part in parts)
    return conclude(sum(part["area_m2"] / part["m2_per_person"] for part in parts), steps)


def compute_by_path(inputs):
    """Path area over area per person (GB/T 50298-2018: 5–10 m² per person, P)."""
    length, width, each = inputs["path_length_m"], inputs["path_width_m"], inputs["m2_per_person"]
    low, high = PATH_M2_PER_PERSON
    doubts = () if low <= each <= high else (Refusal.PATH_OUT_OF_RANGE,)
    return conclude(length * width / each, f"{length:,g} × {width:g} / {each:g}", doubts)


def compute_by_bottleneck(inputs):
    """Those who pass the narrowest point in one mean stay (Little's law; K)."""
    width, flow, stay = inputs["clear_width_m"], inputs["flow_per_m_min"], inputs["stay_min"]
    return conclude(width * flow * stay, f"{width:g} × {flow:g} × {stay:g}")


def compute_by_turnover(inputs):
    """Daily: C2 = C1 × open hours / mean stay (LB/T 034-2014, formula K)."""
    persons, hours, stay = inputs["instantaneous_persons"], inputs["open_h"], inputs["stay_h"]
    return conclude(persons * hours / stay, f"{persons:,g} × {hours:g} / {stay:g}")


def compute_by_seats(inputs):
    """Places with fixed seats: seats × 1.1 (GB 50016 5.5.21, M)."""
    return conclude(inputs["seats"] * SEATS_FACTOR, f"{inputs['seats']:,g} × {SEATS_FACTOR}")


def compute_by_history(inputs):
    """A share of the largest number that was present without harm (practice, K)."""
    return conclude(
        inputs["peak_persons"] * inputs["share"], f"{inputs['peak_persons']:,g} × {inputs['share']:g}"
    )


def conclude(persons, steps, doubts=()):
    """Whole people, rounded down, behind the steps that led there."""
    # 1e-9: 1.1 × 10 is 11.000000000000002, and 0.1 × 30 must not become 2
    whole = floor(persons + 1e-9)
    return Computed(whole, f"{steps} = {whole:,}", doubts)


COMPUTE = {
    CapacityMethod.AREA: compute_by_area,
    CapacityMethod.PATH: compute_by_path,
    CapacityMethod.BOTTLENECK: compute_by_bottleneck,
    CapacityMethod.TURNOVER: compute_by_turnover,
    CapacityMethod.SEATS: compute_by_seats,
    CapacityMethod.HISTORY: compute_by_history,
    CapacityMethod.DOCUMENT: lambda inputs: Computed(None, ""),
}


def check_value(value, *, kind, area_m2, computed=None, reason=""):
    """Refuses a value that is zero, beyond belief, denser than 5 people per m², or above its own computation.

    `area_m2` is the effective area of the place or zone, None where it is not registered.
    """
    if value <= 0:
        return Refusal.VALUE_ZERO
    if value > VALUE_MOST:
        return Refusal.VALUE_HUGE % {"value": value}
    density = compute_density_per_m2(value, kind=kind, area_m2=area_m2)
    if density is not None and density > DENSITY_MOST_PER_M2:
        return Refusal.TOO_DENSE % {"value": value, "area": area_m2, "density": density}
    if computed is not None and value > computed and not reason.strip():
        return Refusal.ABOVE_COMPUTED % {"value": value, "computed": computed}


def warn_of_value(value, *, kind, area_m2, instantaneous=None):
    """The doubts about a value that is not refused: dense, unchecked, or a day smaller than a moment."""
    density = compute_density_per_m2(value, kind=kind, area_m2=area_m2)
    doubts = []
    if density is not None and density > DENSITY_WARN_PER_M2:
        doubts.append(Refusal.DENSE % {"density": density})
    if kind in DENSITY_KINDS and not area_m2:
        doubts.append(Refusal.AREA_UNKNOWN)
    if kind == CapacityKind.DAILY and instantaneous and value < instantaneous:
        doubts.append(Refusal.DAILY_BELOW_INSTANTANEOUS % {"instantaneous": instantaneous})
    return doubts


def compute_density_per_m2(value, *, kind, area_m2):
    """People per m² when `value` people are in; None where the kind is no presence or the area unknown."""
    return value / area_m2 if area_m2 and kind in DENSITY_KINDS else None


def check_determination(*, method, determined_on, valid_until, document_number, today):
    """Refuses dates out of order and a direct determination without its document."""
    if determined_on > today:
        return Refusal.DETERMINED_LATER
    if valid_until is not None and valid_until <= determined_on:
        return Refusal.ENDS_BEFORE
    if method == CapacityMethod.DOCUMENT and not document_number.strip():
        return Refusal.DOCUMENT_NEEDED


def check_publication(*, published_on, where, determined_on, today):
    """A determination is published on or after the day it was made, somewhere that is named."""
    if not determined_on <= published_on <= today:
        return Refusal.PUBLISHED_BEFORE
    if not where.strip():
        return Refusal.PUBLISHED_WHERE


def pick_newest(rows, on):
    """Among determinations made by the date `on` and not withdrawn, the one that supersedes the others, or None."""
    made = [row for row in rows if row.withdrawn_at is None and row.determined_on <= on]
    return max(made, key=lambda row: (row.determined_on, row.id), default=None)


def pick_valid(rows, on):
    """The determination that holds on the date `on`, or None; `valid_until` is the last day.

    The newest (`determined_on`, then `id`) supersedes the others even when it has run out: an older one
    does not come back.
    """
    newest = pick_newest(rows, on)
    return newest if newest and (newest.valid_until is None or on <= newest.valid_until) else None
