"""The words that leave the house, made from a notice's texts: for screens, for chat channels, for Weibo."""

from collections.abc import Mapping

WEIBO_SIGNS = 140  # of one post, link included (2/statuses/share.json)
ENDS = "。！？!?.；;…"


def with_mark(text: str, mark: str) -> str:
    """A text with the mark of an exercise before it, where there is one; never twice."""
    return text if not mark or text.startswith(mark) else f"{mark}{text}"


def closed(text: str, stop: str = "。") -> str:
    """A text that ends with a mark."""
    text = text.strip()
    return text if not text or text[-1] in ENDS else text + stop


def display_text(texts: Mapping, language: str, *, mark: str = "") -> str:
    """What a screen is to show: its own short text, else headline and what to do."""
    if short := texts[f"short_{language}"].strip():
        return with_mark(short, mark)
    stop = "。" if language == "zh" else ". "
    parts = [closed(texts[f"{name}_{language}"], stop) for name in ("headline", "instruction")]
    return with_mark("".join(part for part in parts if part), mark)


def has_english(texts: Mapping) -> bool:
    """Whether a notice speaks English too."""
    return bool(texts["headline_en"].strip() or texts["short_en"].strip())


def message_text(texts: Mapping, *, until: str, number: str) -> str:
    """The text of one message to a chat channel: Chinese, then English where there is any."""
    parts = [
        closed(texts["description_zh"]),
        closed(texts["instruction_zh"]),
        f"（{number}，有效至 {until}）",
    ]
    if texts["headline_en"].strip():
        english = [
            texts["headline_en"],
            texts["description_en"],
            texts["instruction_en"],
            f"Valid until {until}.",
        ]
        parts.append("\n" + " ".join(closed(part, ".") for part in english if part.strip()))
    return "".join(parts)


def lifted_text(texts: Mapping, *, number: str) -> str:
    """What is told everywhere when a notice is lifted; nobody has to word it anew."""
    said = f"{closed(texts['headline_zh'])}该提示（{number}）现已解除。"
    english = texts["headline_en"].strip()
    return f"{said}\n{closed(english, '.')} This notice ({number}) has been lifted." if english else said


def weibo_text(texts: Mapping, link: str, *, mark: str = "") -> str:
    """A post of at most 140 signs with the link at its end: whole as far as it goes, then …"""
    room = WEIBO_SIGNS - len(link) - 1
    text = with_mark(closed(texts["headline_zh"]) + closed(texts["instruction_zh"]), mark)
    return f"{text if len(text) <= room else text[: room - 1] + '…'} {link}"
