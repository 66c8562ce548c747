"""/v1/parties, topics, instruments, participants, sources: five registers alike, each with a list and a record."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlmodel import Session

from app.deps import IfNoneMatch, Reading, StrictRoute, composed_answer, list_answer, list_etag, record_answer
from app.errors import BadQuery, Fault
from app.instruments import INSTRUMENTS
from app.participants import PARTICIPANTS
from app.parties import PARTIES
from app.problems import responses
from app.registers import Register, read_register
from app.shapes import pages, records
from app.sources import SOURCES
from app.topic_tree import read_topic_tree
from app.topics import TOPICS

router = APIRouter(prefix="/v1", tags=["Registers"], route_class=StrictRoute)


class RegisterQuery(BaseModel):
    """Which page of a register."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(50, ge=1, le=200, description="Items on a page.")
    cursor: str | None = Field(None, max_length=500, description="The `next` of the page before.")


class NamedQuery(RegisterQuery):
    """Which records of a register whose records have names."""

    name: str | None = Field(
        None, min_length=1, max_length=200, description="Called so: any spelling, alias or language."
    )


class TopicQuery(NamedQuery):
    """Which topics, and in which form."""

    tree: bool = Field(
        False, description="All topics as a tree, each with its mentions, undertakings and new ones, and their query."
    )


def _add(
    plural: str, register: Register[Any], page: type[BaseModel], public: type[BaseModel],
    query_shape: type[RegisterQuery], about_list: str, about_one: str,
) -> None:  # fmt: skip
    """The list and the record of one register."""
    kind = register.kind
    singular = kind.entity.value

    def list_records(
        request: Request, session: Reading, query: Annotated[Any, Query()], if_none_match: IfNoneMatch = None
    ) -> Response:
        etag = list_etag(session, request)
        if getattr(query, "tree", False):
            return topic_tree_answer(session, query, etag, if_none_match)
        name = getattr(query, "name", None)
        items, next = read_register(session, kind, name=name, limit=query.limit, cursor=query.cursor)
        return list_answer(items, next, etag, request, if_none_match)

    def get_record(session: Reading, id: str, if_none_match: IfNoneMatch = None) -> Response:
        return record_answer(session, kind, id, if_none_match)

    list_records.__annotations__["query"] = Annotated[query_shape, Query()]
    router.add_api_route(
        f"/{plural}", list_records, operation_id=f"list_{plural}", summary=f"List {plural}", description=about_list,
        response_model=page, responses=responses(422),
    )  # fmt: skip
    router.add_api_route(
        f"/{plural}/{{id}}", get_record, operation_id=f"get_{singular}", summary=f"Read one {singular}",
        description=about_one, response_model=public, responses=responses(404),
    )  # fmt: skip


def topic_tree_answer(session: Session, query: RegisterQuery, etag: str, if_none_match: str | None) -> Response:
    """All topics as a tree on one page: there is nothing to page through or to choose from."""
    if others := sorted(query.model_fields_set - {"tree"}):
        faults = [Fault((name,), "does not go with `tree`, which gives all topics") for name in others]
        raise BadQuery("A tree has all topics.", faults)
    branches = ",".join(branch.model_dump_json(by_alias=True) for branch in read_topic_tree(session))
    return composed_answer(f'{{"items":[{branches}],"next":null}}', etag, if_none_match)


_add(
    "topics", TOPICS, pages.TopicPage, records.TopicPublic, TopicQuery,
    "What pledges are about, in two levels. A query for a parent includes its children. `tree=true` gives them all as "
    "a tree, with counts; a parent's counts hold its children's, so do not sum them.",
    "One topic: its definition, its names in other languages, and the cues that point to it.",
)  # fmt: skip
_add(
    "parties", PARTIES, pages.PartyPage, records.PartyPublic, NamedQuery,
    "States by ISO 3166-1 alpha-3, organisations, and named groups of states. `name=` finds one by any name.",
    "One party by its code, with every name it goes by.",
)  # fmt: skip
_add(
    "participants", PARTICIPANTS, pages.ParticipantPage, records.ParticipantPublic, NamedQuery,
    "Persons who attended meetings. `name=` finds one under any spelling, slips of the sources included.",
    "One person, with every spelling met. The offices held are told by the meetings.",
)  # fmt: skip
_add(
    "instruments", INSTRUMENTS, pages.InstrumentPage, records.InstrumentPublic, NamedQuery,
    "The named treaties, declarations, plans, bodies and exercises that pledges refer to.",
    "One instrument, with its abbreviations.",
)  # fmt: skip
_add(
    "sources", SOURCES, pages.SourcePage, records.SourcePublic, RegisterQuery,
    "The texts that pledges are cited from. A text is known by its SHA-256 and its length; it is not kept here.",
    "One source: who issued it, when, and the hash that the offsets of citations count in.",
)  # fmt: skip
