"""Who may do what: arithmetic on plain values."""


def holds_right(holdings, right, path):
    """Whether one of `holdings`, pairs (rights, organisation path), gives `right` at `path`.

    A role held at an organisation counts there and below; `path` None asks whether it is held anywhere.
    """
    return any(right in rights and (path is None or path.startswith(held)) for rights, held in holdings)


def top_paths(holdings, right):
    """The shortest organisation paths under which `right` is held: what a person may see."""
    held = sorted({path for rights, path in holdings if right in rights}, key=len)
    tops = []
    for path in held:
        if not any(path.startswith(top) for top in tops):
            tops.append(path)
    return tops
