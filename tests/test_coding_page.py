"""The page on how we code: every word of the book is explained, and what it links to is there."""

from enum import StrEnum

import pytest
from bs4 import BeautifulSoup

from app.schemas.vocabulary import (
    Act,
    Attested,
    ConditionKind,
    DueKind,
    Fulfilment,
    LinkType,
    SourceType,
    Specificity,
    TowardsWord,
    Zone,
)
from tests.conftest import Client


def _page(book: Client) -> BeautifulSoup:
    answer = book.get("/how-we-code")
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


@pytest.mark.parametrize(
    "words",
    [Act, Attested, ConditionKind, DueKind, Fulfilment, LinkType, SourceType, Specificity, TowardsWord, Zone],
    ids=lambda words: str(words.__name__),
)
def test_every_word_is_explained_once(book: Client, words: type[StrEnum]) -> None:
    explained = [term.text for term in _page(book).find_all("dt")]
    assert [explained.count(word) for word in words] == [1] * len(words)


def test_every_question_it_links_to_has_an_answer(book: Client) -> None:
    questions = {str(link["href"]) for link in _page(book).select("main a[href^='/pledges?']")}
    assert len(questions) > 25
    for question in questions:
        assert book.get(question.replace("/pledges", "/v1/pledges")).status_code == 200, question
