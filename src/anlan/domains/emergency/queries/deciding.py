"""Which measures a person may take at a place, as an order or as a proposal, by the district's table of deciders."""

from typing import NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from anlan.domains.emergency.rules import deciding
from anlan.domains.emergency.terms import ANYWHERE, Authority, Measure, Relation
from anlan.domains.places.terms import PlaceKind
from anlan.kit import tables
from anlan.kit.actions import Refused

TABLE = "emergency.measures"
COMMA = _("、")


class MeasureChoice(NamedTuple):
    """A measure that a person may take: how it reads as an order or as a proposal, and what that rests on."""

    measure: Measure
    authority: Authority
    label: str
    ruling: deciding.Ruling


def name_key(key):
    """A row's key as people read it: 限流 · 广场."""
    measure, _dot, kind = key.partition(".")
    where = gettext("所有场所") if kind == ANYWHERE else PlaceKind(kind).label
    return f"{Measure(measure).label} · {where}"


def seeds(on):
    """The default rows of the table."""
    return [
        tables.Seed(key, values_of(line), mark, line.basis)
        for key, (line, mark) in deciding.seed_lines().items()
    ]


def values_of(line):
    """A default row as the table keeps it."""
    return {
        name: deciding.write_words(getattr(line, name))
        for name in ("orders", "orders_without_operator", "proposes")
    }


tables.register(tables.Table(
    TABLE, title=_("措施权限"),
    lead=_("哪种场所的哪项措施由谁决定、由谁建议。填写机构类别中的字样，或“运营单位”“主管部门”“主办单位”（与该场所的关系），用顿号分隔；“所有单位”不限。任何措施都不得阻断疏散。"),
    key=tables.TableColumn("row", _("措施和场所")), say_key=name_key,
    columns=(
        tables.TableColumn("orders", _("由谁决定")),
        tables.TableColumn("orders_without_operator", _("无运营单位时由谁决定"), is_required=False),
        tables.TableColumn("proposes", _("由谁建议"), is_required=False),
    ),
    seeds=seeds,
))  # fmt: skip


def read_table(on):
    """{key: MeasureLine} of the table as it holds on a date."""
    return {
        line.key: deciding.MeasureLine(
            deciding.read_words(line.values["orders"]), deciding.read_words(line.values["proposes"]),
            deciding.read_words(line.values["orders_without_operator"]), line.basis, line.is_unconfirmed,
        )
        for line in tables.lines(TABLE, on=on)
    }  # fmt: skip


def actor_of(organisation, place):
    """The Actor that an organisation is at a place (None: no registered place).

    Without a sort of its own it acts as the nearest organisation above that has one: a police station as the police.
    A company below a department is not the department.
    """
    relations = set()
    operator, arms = operator_of(place), acts_as(organisation)
    if operator and organisation.path.startswith(operator.path):
        relations.add(Relation.OPERATOR.value)
    if place and place.organisation in arms:
        relations.add(Relation.SUPERVISOR.value)
    return deciding.Actor(arms[-1].sort, frozenset(relations))


def acts_as(organisation):
    """The organisation and those above for which it acts, up to the first that has a sort."""
    arms = [organisation]
    while not arms[-1].sort and arms[-1].parent:
        arms.append(arms[-1].parent)
    return arms


def operator_of(place):
    """Who operates a place: its operator, else that of the place it is a part of (a station's exits)."""
    while place and not place.operator_id:
        place = place.parent
    return place.operator if place else None


def ruling_of(measure, organisation, place, on, *, table=None):
    """The Ruling for an organisation that would take a measure at a place on a date."""
    return deciding.authority_of(
        measure, place.kind if place else None, actor_of(organisation, place), table or read_table(on),
        has_operator=operator_of(place) is not None,
    )  # fmt: skip


def measures_for(person, place, on, *, organisation=None):
    """The MeasureChoices that a person may take at a place (None: not registered), orders and proposals.

    `organisation`: for which he answers, where it is not his own (on behalf of a party without a screen).
    """
    table, actor = read_table(on), organisation or person.organisation
    found = [(one, ruling_of(one, actor, place, on, table=table)) for one in Measure]
    return [
        MeasureChoice(one, ruling.authority, str(one.say(ruling.authority)), ruling)
        for one, ruling in found
        if ruling.authority != Authority.NONE
    ]


def insist_measure(measure, organisation, place, on, *, wanted=Authority.PROPOSE):
    """The Ruling by which an organisation takes a measure. Raises Refused, naming who may decide it."""
    ruling = ruling_of(measure, organisation, place, on)
    kind = place.kind if place else None
    refusal = deciding.check_authority(measure, kind, ruling, wanted=wanted, who=say_words(ruling.orders))
    if refusal:
        raise Refused(str(refusal))
    return ruling


def say_words(words):
    """Words of the table as people read them."""
    named = dict(Relation.choices) | {deciding.EVERYBODY: _("所有单位")}
    return str(COMMA).join(str(named.get(word, word)) for word in words)
