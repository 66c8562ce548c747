"""The layout of a heat map: counts go in, places come out."""

from collections.abc import Sequence

import pytest

from app.pages.charts.heatmap import DEPTHS, HeatMap, depth_of, draw_heat_map, in_tree
from app.schemas.facets import FacetValue, Matrix, MatrixCell


def value(code: str, name: str = "") -> FacetValue:
    return FacetValue(code=code, name=name or code, mentions=1, undertakings=1, new=0, query=f"x={code}")


def cell(row: str, column: str, mentions: int = 1, new: int = 0) -> MatrixCell:
    query = f"r={row}&c={column}"
    return MatrixCell(row=row, column=column, mentions=mentions, undertakings=1, new=new, query=query)


def matrix(rows: Sequence[str], columns: Sequence[str], *cells: MatrixCell) -> Matrix:
    return Matrix(rows=[value(code) for code in rows], columns=[value(code) for code in columns], cells=list(cells))


def test_a_cell_stands_in_its_row_under_its_column_and_keeps_its_query() -> None:
    drawn = draw_heat_map(matrix(["a", "b"], ["1", "2"], cell("b", "2", 3), cell("a", "1")))
    first, last = drawn.cells
    assert [(one.row, one.column, one.count) for one in drawn.cells] == [("a", "1", 1), ("b", "2", 3)]
    assert (last.x, last.y) == (drawn.columns[1].x, drawn.rows[1].y)
    assert (first.x, first.y) == (drawn.columns[0].x, drawn.rows[0].y)
    assert last.cell.query == "r=b&c=2"
    assert drawn.at(drawn.rows[1], drawn.columns[1]) is last
    assert drawn.at(drawn.rows[0], drawn.columns[1]) is None


def test_everything_stands_within_the_drawing_and_nothing_on_another() -> None:
    rows, columns = [f"row {n}" for n in range(40)], [f"c{n}" for n in range(9)]
    drawn = draw_heat_map(matrix(rows, columns, *(cell(row, column) for row in rows for column in columns)))
    corners = {(one.x - drawn.cell_width / 2, one.y - drawn.cell_height / 2) for one in drawn.cells}
    assert len(corners) == 360
    assert all(drawn.left <= x and x + drawn.cell_width <= drawn.width for x, _ in corners)
    assert all(drawn.top <= y and y + drawn.cell_height <= drawn.height for _, y in corners)


def test_a_child_stands_under_its_parent_and_says_so() -> None:
    parents = {"cyber": "transnational", "space": "transnational", "g7": "global"}
    values = [value(code) for code in ("cyber", "g7", "transnational", "alliance", "space")]
    assert [one.code for one in in_tree(values, parents)] == ["g7", "transnational", "cyber", "space", "alliance"]
    drawn = draw_heat_map(matrix(["cyber", "transnational"], ["KOR"]), parents=parents)
    assert [(label.code, label.is_child) for label in drawn.rows] == [("transnational", False), ("cyber", True)]


def test_the_facet_with_more_values_becomes_the_rows() -> None:
    topics = [f"t{n}" for n in range(20)]
    drawn = draw_heat_map(matrix(["KOR", "USA"], topics, cell("USA", "t3", 2)))
    assert drawn.is_turned
    assert ([label.code for label in drawn.columns], len(drawn.rows)) == (["KOR", "USA"], 20)
    (only,) = drawn.cells
    assert (only.row, only.column, only.cell.query) == ("t3", "USA", "r=USA&c=t3")
    assert (only.x, only.y) == (drawn.columns[1].x, drawn.rows[3].y)


def test_few_columns_stay_columns() -> None:
    assert not draw_heat_map(matrix(["KOR"], [str(year) for year in range(2015, 2025)])).is_turned


def test_long_column_labels_are_vertical_and_short_ones_horizontal() -> None:
    horizontal = draw_heat_map(matrix(["a"], ["m"]), short={"m": "31 Oct 2024 2+2"})
    assert (horizontal.is_vertical, horizontal.columns[0].lines) == (False, ["31 Oct", "2024", "2+2"])
    vertical = draw_heat_map(matrix(["a"], ["denuclearization"]))
    assert (vertical.is_vertical, vertical.columns[0].lines) == (True, ["denuclearization"])
    assert vertical.top >= 6 * len("denuclearization")
    assert vertical.columns[0].name == "denuclearization"


def test_cells_are_as_wide_as_the_longest_word_above_them() -> None:
    narrow = draw_heat_map(matrix(["a"], ["2024", "2025"]))
    wide = draw_heat_map(matrix(["a"], ["fulfilled", "renounced"]))
    assert (narrow.cell_width, wide.is_vertical) == (52, False)
    assert wide.cell_width >= 7 * len("renounced")


def test_a_word_of_a_vocabulary_is_labelled() -> None:
    drawn = draw_heat_map(matrix(["one-side"], ["none"], cell("one-side", "none")))
    assert (drawn.rows[0].name, drawn.columns[0].lines) == ("one side only", ["not", "assessed"])


def test_a_long_row_label_ends_in_dots() -> None:
    drawn = draw_heat_map(matrix(["ab " * 40, "short"], ["1"]))
    cut, whole = (label.lines for label in drawn.rows)
    assert (len(cut), cut[1][-1], whole) == (2, "…", ["short"])
    assert all(len(line) <= 25 for line in cut)


@pytest.mark.parametrize("most", [1, 2, 7, 100, 10_000])
def test_depth_rises_with_the_count_from_the_first_to_the_last(most: int) -> None:
    depths = [depth_of(count, most) for count in range(1, most + 1)]
    assert depths == sorted(depths)
    assert (depths[0] >= 1, depths[-1]) == (True, DEPTHS)


def test_the_count_asked_for_is_drawn_and_nothing_where_it_is_none() -> None:
    counts = matrix(["a"], ["1", "2"], cell("a", "1", mentions=5, new=2), cell("a", "2", mentions=3))
    assert [one.count for one in draw_heat_map(counts, "mentions").cells] == [5, 3]
    assert [one.count for one in draw_heat_map(counts, "new").cells] == [2]


def test_an_empty_matrix_is_an_empty_drawing() -> None:
    drawn: HeatMap = draw_heat_map(matrix([], []))
    assert (drawn.cells, drawn.rows, drawn.columns) == ([], [], [])
