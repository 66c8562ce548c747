"""/v1/parties, topics, instruments, participants, sources: five registers alike, each with a list and a record."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import Body, Query, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.api.record_routes import add_record_routes, with_article
from app.errors import BadQuery, Fault
from app.http.dependencies import AsOf, Posting
from app.http.problems import responses
from app.http.read_route import Reading, Snapshot
from app.http.responses import json_answer, page_answer, record_answer, written_record
from app.http.write_route import Router
from app.query.filters import split_at_commas
from app.query.registers import read_register
from app.query.topic_tree import read_topic_tree
from app.records.instruments import INSTRUMENTS
from app.records.participants import PARTICIPANTS, read_offices
from app.records.parties import PARTIES
from app.records.register import Register
from app.records.sources import SOURCES
from app.records.topics import TOPICS
from app.schemas import pages, records
from app.schemas.canonical_json import canonical_json, with_members
from app.schemas.fields import Term
from app.schemas.vocabulary import Entity

router = Router(prefix="/v1")


class RegisterQuery(BaseModel):
    """Which page of a register."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    limit: int = Field(50, ge=1, le=200, description="Items on a page.")
    cursor: str | None = Field(None, max_length=500, description="The `next` of the page before.")


class NamedQuery(RegisterQuery):
    """Which records of a register whose records have names."""

    name: Term | None = Field(None, description="Called so: any spelling, alias or language.")


class TopicQuery(NamedQuery):
    """Which topics, and in which form."""

    tree: bool = Field(
        False, description="All topics as a tree, each with its mentions, undertakings and new ones, and their query."
    )


def _add(
    plural: str, register: Register[Any], page: type[BaseModel], public: type[BaseModel],
    query_shape: type[RegisterQuery], about_list: str, about_one: str, read: Callable[..., Response] | None = None,
) -> None:  # fmt: skip
    """The list of one register, its posting, and its records."""
    entity = register.kind.entity

    def list_records(reading: Reading, query: Annotated[RegisterQuery, Query()]) -> Response:
        if isinstance(query, TopicQuery) and query.tree:
            return topic_tree_answer(reading, query)
        name = query.name if isinstance(query, NamedQuery) else None
        found = read_register(
            reading.connection, register.kind, reading.names, name=name, limit=query.limit, cursor=query.cursor
        )
        return page_answer(reading, *found)

    def post_record(writer: Posting, record: Annotated[Any, Body()]) -> Response:
        register.create(writer, record)
        id = register.id_of(record)
        return written_record(writer, entity, id, 201, f"/v1/{plural}/{id}")

    list_records.__annotations__["query"] = Annotated[query_shape, Query()]
    post_record.__annotations__["record"] = Annotated[register.shape, Body()]
    router.add_api_route(
        f"/{plural}", list_records, operation_id=f"list_{plural}", summary=f"List {plural}", description=about_list,
        tags=["Registers"], response_model=page, responses=responses(422),
    )  # fmt: skip
    router.add_api_route(
        f"/{plural}", post_record, methods=["POST"], operation_id=f"post_{entity}",
        summary=f"Post {with_article(entity)}", tags=["Posting"],
        description=f"Adds {with_article(entity)} to the book. A meeting may also bring its own, in its body.",
        status_code=201, response_model=public,
        responses={200: {"model": public}, **responses(401, 403, 409, 413, 415, 422, 503)},
    )  # fmt: skip
    add_record_routes(router, f"/{plural}", entity, public, about_one, "Registers", read)


class ParticipantQuery(BaseModel):
    """What to add to a participant, and which state of the record."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    include: Annotated[tuple[Literal["offices"], ...], BeforeValidator(split_at_commas), Field(max_length=1)] = Field(
        (), description="Add the offices held at each meeting."
    )
    as_of: AsOf = None


def get_participant(reading: Reading, id: str, query: Annotated[ParticipantQuery, Query()]) -> Response:
    """A participant, with the offices held if they are asked for."""
    if query.include and query.as_of is not None:
        raise BadQuery(
            "Offices are told as they stand.", [Fault(("include",), "must be left out where `as_of` is given")]
        )
    answer = record_answer(reading.connection, Entity.participant, id, query.as_of)
    if not query.include:
        return answer
    offices = canonical_json(read_offices(reading.connection, id))
    return json_answer(with_members(bytes(answer.body).decode(), offices=offices))


def topic_tree_answer(reading: Snapshot, query: RegisterQuery) -> Response:
    """All topics as a tree on one page: there is nothing to page through or to choose from."""
    if others := sorted(query.model_fields_set - {"tree"}):
        faults = [Fault((name,), "does not go with `tree`, which gives all topics") for name in others]
        raise BadQuery("A tree has all topics.", faults)
    branches = ",".join(branch.model_dump_json(by_alias=True) for branch in read_topic_tree(reading.connection))
    return page_answer(reading, [branches], None)


_add(
    "topics", TOPICS, pages.TopicPage, records.TopicPublic, TopicQuery,
    "What pledges are about, in two levels: a query for a parent includes its children. Take the `slug` to "
    "`/v1/pledges?topic=…`. `name=` finds a topic by its name in any language; "
    "`tree=true` gives them all as a tree with counts, in which a parent's hold its children's: do not sum them.",
    "One topic: its definition, its parent, its names in other languages, and its cues: words that point to it.",
)  # fmt: skip
_add(
    "parties", PARTIES, pages.PartyPage, records.PartyPublic, NamedQuery,
    "States by ISO 3166-1 alpha-3, organisations, and named groups of states. `name=` finds one by any name, alias or "
    "language. A group is a party of its own: filters do not expand it into its members.",
    "One party by its code, with every name it goes by. Any of them can be given to a filter of parties.",
)  # fmt: skip
_add(
    "participants", PARTICIPANTS, pages.ParticipantPage, records.ParticipantPublic, NamedQuery,
    "Persons who attended meetings. `name=` finds one under any spelling, in Hangul too, and by the slips of sources: "
    "the example asks for a misspelt name.",
    "One person, with every spelling met; `include=offices` adds the offices held at each meeting.",
    get_participant,
)  # fmt: skip
_add(
    "instruments", INSTRUMENTS, pages.InstrumentPage, records.InstrumentPublic, NamedQuery,
    "The named treaties, declarations, plans, bodies and exercises that pledges refer to, each under one slug whatever "
    "its spelling: `COTP` and `COT-P` are one plan.",
    "One instrument, with its abbreviations. Pledges that name it are at `/v1/pledges?instrument=…`.",
)  # fmt: skip
_add(
    "sources", SOURCES, pages.SourcePage, records.SourcePublic, RegisterQuery,
    "The texts that pledges are cited from. A text is not kept here: whoever has it can tell by `sha256` and `length` "
    "that it is the same, and find each citation in it by its span.",
    "One source: who issued and who published it, when, and the hash of the text that citations count their spans in.",
)  # fmt: skip
