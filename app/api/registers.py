"""/v1/topics, parties, participants, instruments and sources: the same routes for each of the five registers."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import Body, Query, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from app.api.record_routes import add_record_routes, with_article
from app.errors import BadQuery, Fault
from app.http.dependencies import AsOf, PageQuery, PostWriter
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


class NamedQuery(PageQuery):
    """Parameters of the list of a register whose records have names."""

    name: Term | None = Field(None, description="Find records by this name, in any spelling, alias or language.")


class TopicQuery(NamedQuery):
    """Parameters of the list of topics."""

    tree: bool = Field(
        False,
        description="True: return all topics as a tree, each with its counts (mentions, undertakings, new "
        "undertakings) and the query that finds its pledges.",
    )


def _add(
    plural: str, register: Register[Any], page: type[BaseModel], public: type[BaseModel],
    query_model: type[PageQuery], list_description: str, record_description: str,
    read: Callable[..., Response] | None = None,
) -> None:  # fmt: skip
    """Add the routes of one register: its list, the POST of a record, and the routes of one record."""
    entity = register.kind.entity

    def list_records(reading: Reading, query: Annotated[PageQuery, Query()]) -> Response:
        if isinstance(query, TopicQuery) and query.tree:
            return _topic_tree(reading, query)
        name = query.name if isinstance(query, NamedQuery) else None
        found = read_register(
            reading.connection, register.kind, reading.names, name=name, limit=query.limit, cursor=query.cursor
        )
        return page_answer(reading, *found)

    def post_record(writer: PostWriter, record: Annotated[Any, Body()]) -> Response:
        register.create(writer, record)
        id = register.id_of(record)
        return written_record(writer, entity, id, 201, f"/v1/{plural}/{id}")

    list_records.__annotations__["query"] = Annotated[query_model, Query()]
    post_record.__annotations__["record"] = Annotated[register.shape, Body()]
    router.add_api_route(
        f"/{plural}", list_records, operation_id=f"list_{plural}", summary=f"List {plural}",
        description=list_description, tags=["Registers"], response_model=page, responses=responses(422),
    )  # fmt: skip
    router.add_api_route(
        f"/{plural}", post_record, methods=["POST"], operation_id=f"post_{entity}",
        summary=f"Post {with_article(entity)}", tags=["Posting"],
        description=f"Adds {with_article(entity)} to the book. You can also send it in the body of a meeting.",
        status_code=201, response_model=public,
        responses={200: {"model": public}, **responses(401, 403, 409, 413, 415, 422, 503)},
    )  # fmt: skip
    add_record_routes(router, f"/{plural}", entity, public, record_description, "Registers", read)


class ParticipantQuery(BaseModel):
    """Parameters of one participant."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    include: Annotated[tuple[Literal["offices"], ...], BeforeValidator(split_at_commas), Field(max_length=1)] = Field(
        (), description="Add the offices that the participant held at each meeting."
    )
    as_of: AsOf = None


def get_participant(reading: Reading, id: str, query: Annotated[ParticipantQuery, Query()]) -> Response:
    """A participant; with `include=offices` also the offices held at each meeting. Raises NotFound and BadQuery."""
    if query.include and query.as_of is not None:
        raise BadQuery(
            "Offices are available for the current state only.", [Fault(("include",), "must be omitted with `as_of`")]
        )
    answer = record_answer(reading.connection, Entity.participant, id, query.as_of)
    if not query.include:
        return answer
    offices = canonical_json(read_offices(reading.connection, id))
    return json_answer(with_members(bytes(answer.body).decode(), offices=offices))


def _topic_tree(reading: Snapshot, query: TopicQuery) -> Response:
    """All topics as a tree on one page. Raises BadQuery if `query` has other parameters."""
    if others := sorted(query.model_fields_set - {"tree"}):
        faults = [Fault((name,), "must be omitted with `tree`, which returns all topics") for name in others]
        raise BadQuery("A tree always has all topics.", faults)
    branches = ",".join(branch.model_dump_json(by_alias=True) for branch in read_topic_tree(reading.connection))
    return page_answer(reading, [branches], None)


_add(
    "topics", TOPICS, pages.TopicPage, records.TopicPublic, TopicQuery,
    "Returns the topics of pledges, in two levels: a query for a parent includes its children. Use the `slug` in "
    "`/v1/pledges?topic=…`. `name=` finds a topic by its name in any language. `tree=true` returns all topics as a "
    "tree with counts. The counts of a parent include its children, so do not sum them.",
    "Returns one topic: its definition, its parent, its names in other languages, and its cues: words of a text that "
    "suggest the topic.",
)  # fmt: skip
_add(
    "parties", PARTIES, pages.PartyPage, records.PartyPublic, NamedQuery,
    "Returns states (by ISO 3166-1 alpha-3 code), organisations and named groups of states. `name=` finds a party by "
    "any name or alias in any language. A group is a party itself: filters do not replace it with its members.",
    "Returns one party by its code, with all its names. Filters for parties accept any of these names.",
)  # fmt: skip
_add(
    "participants", PARTICIPANTS, pages.ParticipantPage, records.ParticipantPublic, NamedQuery,
    "Returns the persons who attended meetings. `name=` finds a person by any spelling, in Hangul too, including "
    "misspellings in sources, as in the example.",
    "Returns one person, with every known spelling of the name. `include=offices` adds the offices held at each "
    "meeting.",
    get_participant,
)  # fmt: skip
_add(
    "instruments", INSTRUMENTS, pages.InstrumentPage, records.InstrumentPublic, NamedQuery,
    "Returns the named treaties, declarations, plans, bodies and exercises that pledges refer to. Each has one slug "
    "and may have several spellings: `COTP` and `COT-P` are the same plan.",
    "Returns one instrument, with its abbreviations. Pledges that name it are at `/v1/pledges?instrument=…`.",
)  # fmt: skip
_add(
    "sources", SOURCES, pages.SourcePage, records.SourcePublic, PageQuery,
    "Returns the sources that pledges cite. Their texts are not stored. If you have a text, compare its `sha256` and "
    "`length`, and find each citation by its span.",
    "Returns one source: who issued and published it, when, and the hash of the text that the spans of citations refer "
    "to.",
)  # fmt: skip
