"""Rows: arrays of one growing length, declared by a table of columns."""

from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np


class Rows:
    """A set of named arrays whose first axis is the row; subclasses declare COLUMNS.

    COLUMNS maps a name to (dtype, shape of one row, value of a new row). The arrays are longer than `n`:
    slice with [:n] where all rows are meant.
    """

    COLUMNS: ClassVar[dict[str, tuple[str, tuple[int, ...], float]]]

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> np.ndarray: ...

    def __init__(self, n: int = 0) -> None:
        self.n = 0
        self._room = 0
        for name, (dtype, shape, _) in self.COLUMNS.items():
            setattr(self, name, np.empty((0, *shape), dtype))
        self.grow(n)

    def grow(self, n: int) -> None:
        """Make room for n rows; rows that exist keep their values."""
        if n > self._room:
            room = max(n, 2 * self._room, 16)
            for name, (dtype, shape, fill) in self.COLUMNS.items():
                longer = np.full((room, *shape), fill, dtype)
                longer[: self.n] = getattr(self, name)[: self.n]
                setattr(self, name, longer)
            self._room = room
        self.n = max(n, self.n)

    def copy_rows(self, other: "Rows", here: np.ndarray, there: np.ndarray) -> None:
        """Take the rows `there` of another set into the rows `here`."""
        for name in self.COLUMNS:
            getattr(self, name)[here] = getattr(other, name)[there]

    def to_arrays(self, prefix: str) -> dict[str, np.ndarray]:
        """The rows by "prefix.name", for a snapshot."""
        return {f"{prefix}.{name}": getattr(self, name)[: self.n] for name in self.COLUMNS}

    @classmethod
    def from_arrays(cls, prefix: str, arrays: dict[str, np.ndarray]) -> Self:
        """The inverse of to_arrays; columns that an older snapshot does not know keep their first value."""
        rows = cls(len(arrays[f"{prefix}.{next(iter(cls.COLUMNS))}"]))
        for name in cls.COLUMNS.keys() & {key.removeprefix(f"{prefix}.") for key in arrays}:
            getattr(rows, name)[: rows.n] = arrays[f"{prefix}.{name}"]
        return rows
