"""Participants: persons, with every spelling of their names. Each meeting states the office of a person on its day."""

from typing import Any

from sqlalchemy import Connection, Row, select
from sqlmodel import SQLModel

from app.records.mapping import PartRows
from app.records.record import Kind, Rows
from app.records.register import Register, alias_rows, name_rows, names_of
from app.schemas.records import ParticipantCreate
from app.schemas.vocabulary import Entity
from app.store import models
from app.store.models import columns


class Participants(Register[ParticipantCreate]):
    kind = Kind(Entity.participant, models.Participant, "slug", {models.ParticipantAlias: "participant"})
    shape = ParticipantCreate

    def parts(self, line: ParticipantCreate) -> dict[type[SQLModel], Rows]:
        rows = name_rows("participant", line.slug, line.names, [alias.name for alias in line.aliases])
        errors = [False] * len(line.names) + [alias.is_error for alias in line.aliases]
        return {models.ParticipantAlias: [{**row, "is_error": e} for row, e in zip(rows, errors, strict=True)]}

    def line(self, row: Row[Any], parts: PartRows) -> dict[str, Any]:
        names = parts[models.ParticipantAlias]
        aliases = [{"name": alias.name, "is_error": alias.is_error} for alias in alias_rows(names)]
        return {**self.shared_values(row), "names": names_of(names), "aliases": aliases}


PARTICIPANTS = Participants()


def read_offices(connection: Connection, slug: str) -> list[dict[str, Any]]:
    """Return a person's office at each meeting that is not retracted, the newest first."""
    attendance, meeting = columns(models.MeetingParticipant), columns(models.Meeting)
    query = (
        select(
            meeting.c.id.label("meeting"), meeting.c.held_on, attendance.c.party, attendance.c.office, attendance.c.role
        )
        .join(meeting, meeting.c.id == attendance.c.meeting)
        .where(attendance.c.participant == slug, meeting.c.retracted.is_(None))
        .order_by(meeting.c.held_on.desc(), meeting.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
