"""Drafting: raw statement text in, draft pledges out, by rules and lexicons.

    from app.drafting.rules import Book, Hints, Topic, draft

    result = draft(text, Book(topics=(Topic("climate", ("net-zero",)),)), Hints(parties=("KOR", "USA")))
    for pledge in result.pledges:
        pledge.act, pledge.pledgors, text[pledge.citations[0].start : pledge.citations[0].end]

No model, no network, no database: the caller hands in what is known as plain data. The lexicons are
data that a linguist can read and change; each rule names the section of docs/codebook.md that it
comes from.
"""

from app.drafting.rules.draft_model import (
    Act,
    Attendance,
    Book,
    Citation,
    Condition,
    Draft,
    DraftMeeting,
    DraftPledge,
    Due,
    EarlierPledge,
    Hints,
    Instrument,
    Party,
    Person,
    Renewal,
    Topic,
)
from app.drafting.rules.pipeline import draft

__all__ = [
    "Act",
    "Attendance",
    "Book",
    "Citation",
    "Condition",
    "Draft",
    "DraftMeeting",
    "DraftPledge",
    "Due",
    "EarlierPledge",
    "Hints",
    "Instrument",
    "Party",
    "Person",
    "Renewal",
    "Topic",
    "draft",
]
