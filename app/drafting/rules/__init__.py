"""Drafting rules: the pure functions that read a statement's text and return draft pledges.

    from app.drafting.rules import Hints, KnownBook, KnownTopic, draft

    book = KnownBook(topics=(KnownTopic("climate", ("net-zero",)),))
    for pledge in draft(text, book, Hints(parties=("KOR", "USA"))).pledges:
        pledge.act, pledge.pledgors, text[pledge.citations[0].start : pledge.citations[0].end]

The rules use no model, no network and no database; the caller passes what the book knows as plain data. Word lists do
not belong here but in `app/drafting/lexicons`. Each rule names the section of docs/codebook.md that it follows.
"""

from app.drafting.rules.draft_model import (
    Draft,
    DraftAttendance,
    DraftCitation,
    DraftCondition,
    DraftDue,
    DraftMeeting,
    DraftPledge,
    EarlierPledge,
    Hints,
    KnownBook,
    KnownInstrument,
    KnownParty,
    KnownPerson,
    KnownTopic,
    Renewal,
)
from app.drafting.rules.pipeline import draft

__all__ = [
    "Draft",
    "DraftAttendance",
    "DraftCitation",
    "DraftCondition",
    "DraftDue",
    "DraftMeeting",
    "DraftPledge",
    "EarlierPledge",
    "Hints",
    "KnownBook",
    "KnownInstrument",
    "KnownParty",
    "KnownPerson",
    "KnownTopic",
    "Renewal",
    "draft",
]
