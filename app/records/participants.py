"""Participants: persons, under every spelling met. What office they held is told by each meeting."""

from typing import Any

from sqlalchemy import Connection, select
from sqlmodel import SQLModel

from app.records.record import Kind, Rows
from app.records.register import PartRows, Register, aliases_of, name_rows, names_of
from app.schemas.folding import fold
from app.schemas.records import ParticipantCreate
from app.schemas.vocabulary import Entity
from app.store import models
from app.store.models import columns


class Participants(Register[ParticipantCreate]):
    kind = Kind(Entity.participant, models.Participant, "slug", {models.ParticipantAlias: "participant"})
    shape = ParticipantCreate

    def row(self, line: ParticipantCreate) -> dict[str, Any]:
        return {"slug": line.slug, "name": line.name, "folded": fold(line.name), "retracted": line.retracted}

    def parts(self, line: ParticipantCreate) -> dict[type[SQLModel], Rows]:
        rows = name_rows("participant", line.slug, line.names, [alias.name for alias in line.aliases])
        errors = [False] * len(line.names) + [alias.is_error for alias in line.aliases]
        return {models.ParticipantAlias: [{**row, "is_error": e} for row, e in zip(rows, errors, strict=True)]}

    def line(self, row: models.Participant, parts: PartRows) -> dict[str, Any]:
        further = parts.get(models.ParticipantAlias, [])
        return {
            "slug": row.slug,
            "name": row.name,
            "names": names_of(further),
            "aliases": [{"name": alias.name, "is_error": alias.is_error} for alias in aliases_of(further)],
        }


PARTICIPANTS = Participants()


def read_offices(connection: Connection, slug: str) -> list[dict[str, Any]]:
    """The offices a person held at each standing meeting, the newest first."""
    attendance, meeting = columns(models.Attendance), columns(models.Meeting)
    query = (
        select(
            meeting.c.id.label("meeting"), meeting.c.held_on, attendance.c.party, attendance.c.office, attendance.c.role
        )
        .join(meeting, meeting.c.id == attendance.c.meeting)
        .where(attendance.c.participant == slug, meeting.c.retracted.is_(None))
        .order_by(meeting.c.held_on.desc(), meeting.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]
