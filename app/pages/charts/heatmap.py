"""A matrix as a heat map: where each cell and label of the drawing stands. Pure: counts go in, places come out.

All places are pixels of the drawing. What has more values runs down the page, where there is room; a topic stands under
its parent. Depth of colour goes by the root of the count, so that one large cell does not bleach all the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from textwrap import shorten, wrap
from typing import Literal

from app.schemas.facets import FacetValue, Matrix, MatrixCell

Counted = Literal["mentions", "undertakings", "new"]

DEPTHS = 5
_LABEL = 196  # pixels: the column of the row labels
_LABEL_LETTERS = 25  # that fit into one line of it
_CELL = (52, 34)  # a cell with the hairline around it
_NARROW = 36  # its width under labels that stand on end
_WORD = 9  # letters of a word that fit above a cell, if need be
_COLUMN_LETTERS = 7  # of a line above a cell
_LINE = 14  # pixels from one line of a label to the next
_LETTER = 6.4  # pixels of a letter, when a label stands on end
_STANDING = 30  # letters of a label on end
_MANY = 12  # columns; more than these, and more than rows, are turned to run down the page


@dataclass(frozen=True)
class Label:
    """The name of a row or column, in lines, hung at a place."""

    code: str
    name: str
    lines: list[str]
    x: float
    y: float
    is_child: bool
    is_parent: bool
    query: str


@dataclass(frozen=True)
class Cell:
    """A crossing that has pledges; `depth` is 1 to DEPTHS."""

    cell: MatrixCell
    row: str
    column: str
    count: int
    depth: int
    x: float
    y: float


@dataclass(frozen=True)
class HeatMap:
    """The drawing. `is_turned`: what was asked for as columns runs down; `is_standing`: column labels stand on end."""

    width: int
    height: int
    cell_width: int
    cell_height: int
    top: int
    left: int
    rows: list[Label]
    columns: list[Label]
    grid: dict[tuple[str, str], Cell]
    is_turned: bool
    is_standing: bool

    def at(self, row: Label, column: Label) -> Cell | None:
        """The cell where a row meets a column, if anything is there."""
        return self.grid.get((row.code, column.code))

    @property
    def cells(self) -> list[Cell]:
        """In the order in which one reads them."""
        return list(self.grid.values())


def draw_heat_map(
    matrix: Matrix,
    counted: Counted = "mentions",
    parents: Mapping[str, str] | None = None,
    short: Mapping[str, str] | None = None,
) -> HeatMap:
    """The drawing of a matrix. `parents` says which topic is under which; `short` has shorter names for the labels."""
    parents, short = parents or {}, short or {}
    turned = len(matrix.columns) > max(_MANY, len(matrix.rows))
    down, across = (matrix.columns, matrix.rows) if turned else (matrix.rows, matrix.columns)
    down, across = in_tree(down, parents), in_tree(across, parents)
    names = [short.get(value.code, value.name) for value in across]
    standing = any(len(word) > _WORD for name in names for word in name.split())
    width, height = (_NARROW if standing else _CELL[0]), _CELL[1]
    lines = [
        [shorten(name, _STANDING, placeholder="…")] if standing else wrap(name, _COLUMN_LETTERS, break_long_words=False)
        for name in names
    ]
    top = _head(lines, standing)
    above = set(parents.values())
    columns = [
        Label(value.code, value.name, text, _LABEL + (place + 0.5) * width, top - 8,
              value.code in parents, value.code in above, value.query)
        for place, (value, text) in enumerate(zip(across, lines, strict=True))
    ]  # fmt: skip
    rows = [
        Label(value.code, value.name, two_lines(short.get(value.code, value.name)), 0, top + (place + 0.5) * height,
              value.code in parents, value.code in above, value.query)
        for place, value in enumerate(down)
    ]  # fmt: skip
    return HeatMap(
        width=_LABEL + len(columns) * width,
        height=top + len(rows) * height,
        cell_width=width,
        cell_height=height,
        top=top,
        left=_LABEL,
        rows=rows,
        columns=columns,
        grid=_grid(matrix.cells, counted, rows, columns, turned=turned),
        is_turned=turned,
        is_standing=standing,
    )


def in_tree(values: Sequence[FacetValue], parents: Mapping[str, str]) -> list[FacetValue]:
    """The values in their order, but each child after its parent, if that is there."""
    codes = {value.code for value in values}
    children: dict[str, list[FacetValue]] = {}
    roots: list[FacetValue] = []
    for value in values:
        parent = parents.get(value.code)
        (children.setdefault(parent, []) if parent in codes and parent else roots).append(value)
    return [one for root in roots for one in (root, *children.get(root.code, []))]


def two_lines(name: str) -> list[str]:
    """A name as it fits beside a row; what is too long for two lines ends in dots."""
    lines = wrap(name, _LABEL_LETTERS)
    return lines if len(lines) <= 2 else [lines[0], f"{lines[1].rstrip(' ,-')[: _LABEL_LETTERS - 1]}…"]


def depth_of(count: int, most: int) -> int:
    """1 for the least, DEPTHS for the most."""
    return 1 + int((DEPTHS - 1) * sqrt((count - 1) / (most - 1))) if most > 1 else DEPTHS


def _head(lines: Sequence[Sequence[str]], standing: bool) -> int:
    """The height that the column labels take."""
    if standing:
        return 16 + ceil(_LETTER * max(len(text) for one in lines for text in one))
    return 16 + _LINE * max((len(one) for one in lines), default=1)


def _grid(
    cells: Sequence[MatrixCell], counted: Counted, rows: Sequence[Label], columns: Sequence[Label], *, turned: bool
) -> dict[tuple[str, str], Cell]:
    """The cells by the codes of row and column, as one reads them. Those that count nothing are left out."""
    most = max((getattr(cell, counted) for cell in cells), default=0)
    found = {(cell.column, cell.row) if turned else (cell.row, cell.column): cell for cell in cells}
    grid: dict[tuple[str, str], Cell] = {}
    for row in rows:
        for column in columns:
            cell = found.get((row.code, column.code))
            if cell is not None and (count := getattr(cell, counted)):
                place = Cell(cell, row.name, column.name, count, depth_of(count, most), column.x, row.y)
                grid[row.code, column.code] = place
    return grid
