"""Heat map: the layout of a matrix as a drawing, with the position of each cell and label. Pure.

All positions are pixels. The facet with more values becomes the rows. A topic is listed after its parent. The colour
depth is proportional to the square root of the count, so that one large cell does not make all others pale.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, sqrt
from textwrap import shorten, wrap
from typing import Literal

from app.pages.labels import word_label
from app.schemas.facets import FacetValue, Matrix, MatrixCell

Counted = Literal["mentions", "undertakings", "new"]

DEPTHS = 5
_LABEL = 168  # pixels, the width of the row labels
_LABEL_LETTERS = 20  # letters in one line of a row label
_CELL = (52, 34)  # pixels, a cell with its border
_NARROW = 36  # pixels, the width of a cell below a vertical label
_WORD = 9  # letters of the longest word in a horizontal column label
_COLUMN_LETTERS = 7  # letters in one line of a column label, if its words are not longer
_LINE = 14  # pixels between two lines of a label
_LETTER = 7.2  # pixels, the width of a letter in a column label
_VERTICAL = 30  # letters in a vertical label
_MANY = 12  # more columns than this, and more than rows, are drawn as rows


@dataclass(frozen=True)
class Label:
    """The label of a row or column, in lines, with its position."""

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
    """A cell with a count above 0; `depth` is its colour, 1 to DEPTHS."""

    cell: MatrixCell
    row: str
    column: str
    count: int
    depth: int
    x: float
    y: float


@dataclass(frozen=True)
class HeatMap:
    """The drawing. `is_turned`: the columns of the matrix are the rows. `is_vertical`: column labels are vertical."""

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
    is_vertical: bool

    def at(self, row: Label, column: Label) -> Cell | None:
        """The cell of a row and a column; None if its count is 0."""
        return self.grid.get((row.code, column.code))

    @property
    def cells(self) -> list[Cell]:
        """The cells row by row."""
        return list(self.grid.values())


def draw_heat_map(
    matrix: Matrix,
    counted: Counted = "mentions",
    parents: Mapping[str, str] | None = None,
    short: Mapping[str, str] | None = None,
) -> HeatMap:
    """The drawing of a matrix. `parents` maps topics to their parents; `short` maps codes to shorter labels."""
    parents, short = parents or {}, short or {}
    turned = len(matrix.columns) > max(_MANY, len(matrix.rows))
    down, across = (matrix.columns, matrix.rows) if turned else (matrix.rows, matrix.columns)
    down, across = in_tree(down, parents), in_tree(across, parents)
    names = [short.get(value.code, _name(value)) for value in across]
    longest = max((len(word) for name in names for word in name.split()), default=0)
    vertical = longest > _WORD
    width, height = (_NARROW if vertical else max(_CELL[0], ceil(_LETTER * longest) + 4)), _CELL[1]
    letters = max(_COLUMN_LETTERS, longest)
    lines = [[shorten(name, _VERTICAL, placeholder="…")] if vertical else wrap(name, letters) for name in names]
    top = _head(lines, vertical=vertical)
    above = set(parents.values())
    columns = [
        Label(value.code, _name(value), text, _LABEL + (place + 0.5) * width, top - 8,
              value.code in parents, value.code in above, value.query)
        for place, (value, text) in enumerate(zip(across, lines, strict=True))
    ]  # fmt: skip
    rows = [
        Label(value.code, _name(value), two_lines(short.get(value.code, _name(value))), 0, top + (place + 0.5) * height,
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
        is_vertical=vertical,
    )


def in_tree(values: Sequence[FacetValue], parents: Mapping[str, str]) -> list[FacetValue]:
    """The values in their order, but each child after its parent, if the parent is among them."""
    codes = {value.code for value in values}
    children: dict[str, list[FacetValue]] = {}
    roots: list[FacetValue] = []
    for value in values:
        parent = parents.get(value.code)
        (children.setdefault(parent, []) if parent in codes and parent else roots).append(value)
    return [one for root in roots for one in (root, *children.get(root.code, []))]


def two_lines(name: str) -> list[str]:
    """A row label in at most two lines; a longer name is shortened with dots."""
    lines = wrap(name, _LABEL_LETTERS)
    return lines if len(lines) <= 2 else [lines[0], f"{lines[1].rstrip(' ,-')[: _LABEL_LETTERS - 1]}…"]


def depth_of(count: int, most: int) -> int:
    """The colour depth of a count: from 1 to DEPTHS, which is the depth of `most`."""
    return 1 + int((DEPTHS - 1) * sqrt((count - 1) / (most - 1))) if most > 1 else DEPTHS


def _name(value: FacetValue) -> str:
    """The name of a value; the label of a word of a vocabulary, which has its code as name."""
    return word_label(value.code) if value.name == value.code else value.name


def _head(lines: Sequence[Sequence[str]], *, vertical: bool) -> int:
    """The height of the column labels in pixels."""
    if vertical:
        return 16 + ceil(_LETTER * max(len(text) for one in lines for text in one))
    return 16 + _LINE * max((len(one) for one in lines), default=1)


def _grid(
    cells: Sequence[MatrixCell], counted: Counted, rows: Sequence[Label], columns: Sequence[Label], *, turned: bool
) -> dict[tuple[str, str], Cell]:
    """The cells by the codes of row and column, row by row. Cells with a count of 0 are left out."""
    most = max((getattr(cell, counted) for cell in cells), default=0)
    found = {(cell.column, cell.row) if turned else (cell.row, cell.column): cell for cell in cells}
    grid: dict[tuple[str, str], Cell] = {}
    for row in rows:
        for column in columns:
            cell = found.get((row.code, column.code))
            if cell is not None and (count := getattr(cell, counted)):
                depth = depth_of(count, most)
                grid[row.code, column.code] = Cell(cell, row.name, column.name, count, depth, column.x, row.y)
    return grid
