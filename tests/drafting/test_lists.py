"""Numbered lists under a lead-in (codebook 3)."""

from tests.drafting.conftest import Found

AGENDA = """We, the Leaders of Japan and the United States,

WE COMMIT TO:

1.  EXPAND joint exercises, and train
    more often;

2.  NOTE the report on emissions;

Trade

3.  PROMOTE open
    markets.

We met in Tokyo.
"""


def test_each_item_is_a_pledge_and_the_lead_in_none(found: Found) -> None:
    drafts = found(AGENDA)
    texts = [AGENDA[d.citations[0].start : d.citations[0].end].split()[0] for d in drafts]
    assert texts == ["EXPAND", "PROMOTE"]
    assert {d.act for d in drafts} == {"commit"}


def test_an_item_without_cues_is_about_its_heading(found: Found) -> None:
    assert found(AGENDA)[1].topics[0] == "economic-security"


def test_a_lead_in_with_agree_makes_its_items_agree(found: Found) -> None:
    drafts = found("The Ministers agreed to:\n- expand joint exercises\n- welcome new members\n")
    assert [d.act for d in drafts] == ["agree", "support"]


def test_a_future_verb_before_a_colon_is_a_lead_in(found: Found) -> None:
    assert [d.act for d in found("The two sides will:\n- expand joint exercises\n- recall the talks\n")] == ["commit"]


def test_numbered_paragraphs_are_no_list(found: Found) -> None:
    drafts = found("1. We met in Tokyo.\n\n2. We will curb emissions.\n")
    assert [d.act for d in drafts] == ["commit"]
