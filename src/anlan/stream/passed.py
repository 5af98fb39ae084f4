"""Passages of spaces by minute, summed from rows of their lines as these are read."""

import numpy as np

from anlan.stream.chunks import Rows
from anlan.stream.history import DENSE
from anlan.stream.topology import Links


class Passed:
    """Passages of some spaces by minute, in [first, end), summed from rows as they are read."""

    def __init__(self, links: Links, spaces: np.ndarray, n_lines: int, first: int, end: int) -> None:
        self._slot = np.cumsum(spaces) - 1  # of a space among those wanted
        self._first = first
        self._total = np.zeros((2, int(spaces.sum()), end - first), np.int64)
        chosen = spaces[links.space]
        line, slot, sign = links.line[chosen], self._slot[links.space[chosen]], links.sign[chosen]
        nth = np.arange(len(line)) - np.searchsorted(line, line)  # of the entries of its line
        self._layers = []
        for layer in range(nth.max(initial=-1) + 1):
            slot_of, sign_of = np.full(n_lines, -1), np.ones(n_lines, np.int64)
            slot_of[line[nth == layer]], sign_of[line[nth == layer]] = slot[nth == layer], sign[nth == layer]
            self._layers.append((slot_of, sign_of < 0))

    def add(self, rows: Rows) -> None:
        """Add passages of lines to those of the spaces that the lines are bound to."""
        for slot_of, is_turned in self._layers:
            known = slot_of[rows["line"]] >= 0
            bound = rows if known.all() else {name: column[known] for name, column in rows.items()}
            if not known.any():
                continue
            n_in, n_out, turned = bound["n_in"], bound["n_out"], is_turned[bound["line"]]
            if turned.any():
                n_in, n_out = np.where(turned, n_out, n_in), np.where(turned, n_in, n_out)
            slot, minute = slot_of[bound["line"]], bound["minute"] - self._first
            _add_cells(self._total, slot, minute, (n_in, n_out))

    def of(self, position: int) -> np.ndarray:
        """In and out of a space by minute, int64 [2, minutes]."""
        return self._total[:, self._slot[position]]


def _add_cells(
    total: np.ndarray, row: np.ndarray, column: np.ndarray, added: tuple[np.ndarray, np.ndarray]
) -> None:
    """total[each, row, column] += added[each], with every repetition counted."""
    lowest, width = int(column.min()), int(column.max() - column.min()) + 1
    cell = row * width + (column - lowest)
    for cells, numbers in zip(total, added, strict=True):
        if len(cells) * width > DENSE * len(row):
            np.add.at(cells, (row, column), numbers)
        else:  # sums stay far below 2**53, where float64 is exact
            sums = np.bincount(cell, numbers, len(cells) * width)
            cells[:, lowest : lowest + width] += sums.astype(np.int64).reshape(-1, width)
