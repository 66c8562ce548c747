"""Drafting is tested on sentences written for these tests; each rule has its example and its counter-example.

`found` drafts one passage of a meeting of Japan and the United States (or others) held on 10 April 2024.
"""

from collections.abc import Callable
from datetime import date

import pytest

from app.drafting.rules import DraftPledge, Hints, KnownBook, KnownInstrument, KnownPerson, KnownTopic, draft

HELD_ON = date(2024, 4, 10)
BOOK = KnownBook(
    topics=(
        KnownTopic("alliance-strengthening", ("alliance", "bilateral ties"), "alliance"),
        KnownTopic("combined-exercises", ("joint exercises", "combined exercise", "joint exercise"), "alliance"),
        KnownTopic("climate", ("climate", "net-zero", "emissions", "offshore wind"), "transnational"),
        KnownTopic("cyber", ("cyber", "cyberspace", "ransomware"), "transnational"),
        KnownTopic("economic-security", ("supply chains", "nuclear energy", "trade"), "transnational"),
        KnownTopic("health-security", ("health", "vaccines"), "transnational"),
        KnownTopic("nonproliferation", ("NPT", "nuclear"), "global"),
        KnownTopic("extended-deterrence", ("extended deterrence", "overwhelming response"), "deterrence"),
        KnownTopic("consultation-mechanisms", ("consultations", "dialogue", "meet"), "alliance"),
    ),
    instruments=(KnownInstrument("harbour-accord", "Harbour Accord", ("HAC", "Harbor Accord")),),
    persons=(KnownPerson("mara-lindqvist", "Mara Lindqvist", ("Lindqvist",), "USA", "Secretary of State"),),
)

Found = Callable[..., list[DraftPledge]]


@pytest.fixture
def found() -> Found:
    """Draft a passage; gives its drafts in order."""

    def run(text: str, *parties: str) -> list[DraftPledge]:
        return list(draft(text, BOOK, Hints(HELD_ON, parties or ("JPN", "USA"))).pledges)

    return run
