"""What a scene is called and shows beside its counts: its title, banner marks, and where its places lie."""

from dataclasses import dataclass, field


@dataclass
class SceneCard:
    """`geography` maps a space code to kind, lon, lat and outline; None: ask the register of places."""

    title: str = ""
    district: str = ""
    speed: float = 1.0
    marks: list = field(default_factory=list)
    geography: dict | None = None


CARDS = {"live": SceneCard()}


def card_of(name):
    """The card of a scene; a plain one for a scene nobody described."""
    return CARDS.get(name) or SceneCard(title=name)
