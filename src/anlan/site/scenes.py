"""What a scene is called and shows beside its counts: its title, banner marks, and where its places lie."""

from dataclasses import dataclass, field


@dataclass
class SceneCard:
    """`title` and `district` are {"zh", "en"}; `geography` maps a space code to kind, lon, lat and outline.

    No geography: ask the register of places. No district: the installation's own.
    """

    title: dict = field(default_factory=dict)
    district: dict = field(default_factory=dict)
    speed: float = 1.0
    marks: list = field(default_factory=list)
    geography: dict | None = None


CARDS = {"live": SceneCard()}


def card_of(name):
    """The card of a scene; a plain one for a scene nobody described."""
    return CARDS.get(name) or SceneCard(title={"zh": name, "en": name})
