"""Insert: write many rows directly through the database driver.

The statement and the conversion of values are SQLAlchemy's. They are compiled once for each table, and cached.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Table, insert

DriverParameters = tuple[Any, ...] | dict[str, Any]


class _CompiledInsert(NamedTuple):
    """An INSERT statement of a dialect, and its parameters in order, each with the converter of its values."""

    statement: str
    is_positional: bool
    parameters: Sequence[tuple[str, Callable[[Any], Any] | None]]

    def driver_parameters(self, row: Mapping[str, Any]) -> DriverParameters:
        values = [row[name] if convert is None else convert(row[name]) for name, convert in self.parameters]
        if self.is_positional:
            return tuple(values)
        return {name: value for (name, _), value in zip(self.parameters, values, strict=True)}


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows into a table. All rows must have the columns of the first row."""
    if not rows:
        return
    compiled = _compile_insert(connection.dialect, table, tuple(rows[0]))
    connection.exec_driver_sql(compiled.statement, [compiled.driver_parameters(row) for row in rows])


@lru_cache(maxsize=1000)
def _compile_insert(dialect: Dialect, table: Table, names: tuple[str, ...]) -> _CompiledInsert:
    compiled = insert(table).compile(dialect=dialect, column_keys=names)
    converters = {name: table.c[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names}
    order = compiled.positiontup or names
    return _CompiledInsert(str(compiled), compiled.positional, [(name, converters[name]) for name in order])
