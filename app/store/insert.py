"""New rows, given to the driver as it takes them.

Which parameters a table takes, and how values are converted, is found out once for a table; statement and conversions
are SQLAlchemy's own.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Table, insert

Taken = tuple[Any, ...] | dict[str, Any]


class _Insertion(NamedTuple):
    """A statement of an engine, and its parameters in order, each with what makes a value what the driver takes."""

    statement: str
    is_positional: bool
    parameters: Sequence[tuple[str, Callable[[Any], Any] | None]]

    def taken(self, row: Mapping[str, Any]) -> Taken:
        values = [row[name] if convert is None else convert(row[name]) for name, convert in self.parameters]
        if self.is_positional:
            return tuple(values)
        return {name: value for (name, _), value in zip(self.parameters, values, strict=True)}


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write rows into a table, all with the columns of the first."""
    if not rows:
        return
    insertion = _insertion(connection.dialect, table, tuple(rows[0]))
    connection.exec_driver_sql(insertion.statement, [insertion.taken(row) for row in rows])


@lru_cache(maxsize=1000)
def _insertion(dialect: Dialect, table: Table, names: tuple[str, ...]) -> _Insertion:
    compiled = insert(table).compile(dialect=dialect, column_keys=names)
    converting = {name: table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names}
    order = compiled.positiontup or names
    return _Insertion(str(compiled), compiled.positional, [(name, converting[name]) for name in order])
