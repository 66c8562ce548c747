"""Kinds: the mapping of each kind of record, by entity."""

from typing import Any

from app.records.assessments import ASSESSMENTS
from app.records.instruments import INSTRUMENTS
from app.records.mapping import RecordMapping
from app.records.meetings import MEETINGS
from app.records.participants import PARTICIPANTS
from app.records.parties import PARTIES
from app.records.pledges import PLEDGES
from app.records.register import Register
from app.records.sources import SOURCES
from app.records.topics import TOPICS
from app.schemas.vocabulary import Entity

# In the order of the export: records come after the records that they refer to.
REGISTERS: dict[Entity, Register[Any]] = {
    register.kind.entity: register for register in (PARTIES, TOPICS, INSTRUMENTS, PARTICIPANTS, SOURCES)
}
MAPPINGS: dict[Entity, RecordMapping[Any]] = {
    **REGISTERS,
    Entity.meeting: MEETINGS,
    Entity.pledge: PLEDGES,
    Entity.assessment: ASSESSMENTS,
}
