"""Included records: read the meetings, sources, participants and assessments that belong to a page of pledges."""

import json
from collections.abc import Iterable, Sequence
from typing import Literal

from sqlalchemy import Connection, select

from app.schemas.vocabulary import Entity
from app.store import models
from app.store.ledger import read_documents
from app.store.models import columns

Includable = Literal["meetings", "sources", "participants", "assessments"]


def read_included(
    connection: Connection, documents: Sequence[str], wanted: Iterable[Includable]
) -> dict[str, list[str]]:
    """The JSON documents of the related records, by kind, each once, in order of id.

    `documents` are the pledges of the page, `wanted` the kinds to read: at most two statements for each kind.
    """
    pledges = [json.loads(document) for document in documents]
    included: dict[str, list[str]] = {}
    for kind in dict.fromkeys(wanted):
        if kind == "meetings":
            ids = {pledge["meeting"] for pledge in pledges}
        elif kind == "sources":
            ids = {citation["source"] for pledge in pledges for citation in pledge["citations"]}
        elif kind == "participants":
            table = columns(models.MeetingParticipant)
            meetings = sorted({pledge["meeting"] for pledge in pledges})
            ids = set(connection.execute(select(table.c.participant).where(table.c.meeting.in_(meetings))).scalars())
            ids |= {speaker for pledge in pledges for speaker in pledge["speakers"]}
        else:
            table, pledge = columns(models.Assessment), columns(models.Pledge)
            query = select(table.c.id).join(pledge, pledge.c.key == table.c.pledge)
            ids = set(connection.execute(query.where(pledge.c.id.in_([item["id"] for item in pledges]))).scalars())
        records = read_documents(connection, Entity(kind.removesuffix("s")), sorted(ids))
        included[kind] = [records[id] for id in sorted(records)]
    return included
