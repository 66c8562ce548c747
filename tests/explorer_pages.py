"""The pages of the explorer, by name: what is looked at in a browser, read without a script, and photographed.

A new page needs a line here. The book they are of is that of the seeds, and on it what `tests/richer.py` adds.
"""

from pathlib import Path

from app.exchange.book_files import load
from app.records.migrate import migrate
from app.store.database import Database
from tests.conftest import SEEDS
from tests.richer import write_richer

PAGES = {
    "home": "/",
    "how-we-code": "/how-we-code",
    "post": "/post",
    "pledges": "/pledges?limit=6",
    "pledges-narrowed": "/pledges?topic=extended-deterrence&party=ROK&sort=due&limit=3",
    "pledges-none": "/pledges?q=unheard-of",
    "pledge": "/pledges/2024-10-31-kor-usa-2plus2-01",
    "pledge-assessed": "/pledges/2024-10-31-aus-kor-call-02",
    "pledge-withdrawn": "/pledges/2024-10-31-aus-kor-call-04",
    "position": "/pledges/2024-10-31-aus-kor-call-07",
    "topics": "/topics",
    "topic": "/topics/extended-deterrence",
    "topic-assessed": "/topics/cyber",
    "topic-bare": "/topics/taiwan-strait",
    "matrix": "/matrix",
    "matrix-of-parties": "/matrix?rows=party&columns=topic",
    "matrix-standing": "/matrix?rows=year&columns=instrument&kind=any",
    "meetings": "/meetings",
    "meeting": "/meetings/2024-10-31-kor-usa-2plus2",
    "meeting-withdrawn": "/meetings/2025-07-01-aus-kor-other",
    "compare": "/compare?a=2021-03-18-kor-usa-2plus2&b=2024-10-31-kor-usa-2plus2",
    "people": "/participants",
    "person": "/participants/cho-tae-yul",
    "parties": "/parties",
    "party": "/parties/AUS",
    "sources": "/sources",
    "source": "/sources/side-2025",
    "not-found": "/pledges/2024-10-31-kor-usa-2plus2-99",
    "not-understood": "/pledges?topik=deterrence",
}
REFUSED = {"not-found": 404, "not-understood": 422}


def make_book(folder: Path, *, richer: bool = True) -> str:
    """The URL of a database that holds the seeds, and (unless `richer` is false) everything else pages can show."""
    url = f"sqlite:///{folder / 'book.db'}"
    database = Database(url)
    migrate(database)
    assert load(database, [SEEDS, write_richer(folder)] if richer else [SEEDS]).is_clean
    database.close()
    return url
