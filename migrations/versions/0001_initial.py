"""Initial schema: the tables of the book, the search indexes, and the triggers that make the ledger append-only."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Ids and slugs are sorted by code point in both databases.
ID = sa.String(140).with_variant(sa.String(140, collation="C"), "postgresql")


def word(name: str, *words: str) -> sa.Enum:
    """The type of a text column with a CHECK constraint that allows only `words`."""
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=24)


# Tables come before the tables that they refer to.
TABLES_TO_DROP = (
    "evidence",
    "pledge_topic",
    "pledge_speaker",
    "pledge_party",
    "pledge_instrument",
    "link",
    "citation",
    "assessment",
    "topic_alias",
    "source_issuer",
    "pledge",
    "party_alias",
    "participant_alias",
    "meeting_source",
    "meeting_party",
    "instrument_alias",
    "attendance",
    "topic",
    "source",
    "party",
    "participant",
    "meeting",
    "instrument",
    "revision",
    "idempotency",
    "api_key",
)

# Lists are sorted by newest day, then by order of entry. Each has an index in this order, so that a page needs no sort.
NEWEST_FIRST = {
    "meeting": ("id",),
    "pledge": ("key",),
    "meeting_party": ("party", "meeting"),
    "pledge_topic": ("topic", "pledge"),
    "pledge_party": ("party", "role", "pledge"),
    "pledge_instrument": ("instrument", "pledge"),
    "pledge_speaker": ("participant", "pledge"),
}

SQLITE_SEARCH = (
    "CREATE VIRTUAL TABLE search_pledge USING fts5(tokens, tokenize='ascii')",
    "CREATE VIRTUAL TABLE search_meeting USING fts5(meeting UNINDEXED, tokens, tokenize='ascii')",
)
POSTGRESQL_SEARCH = (
    "CREATE TABLE search_pledge (pledge integer PRIMARY KEY REFERENCES pledge (key), tokens tsvector)",
    "CREATE INDEX search_pledge_tokens ON search_pledge USING gin (tokens)",
    'CREATE TABLE search_meeting (meeting varchar COLLATE "C" PRIMARY KEY REFERENCES meeting (id), tokens tsvector)',
    "CREATE INDEX search_meeting_tokens ON search_meeting USING gin (tokens)",
)

# REPLACE does not fire DELETE triggers unless recursive_triggers is on, so that a trigger on INSERT is needed too.
SQLITE_TRIGGERS = """
CREATE TRIGGER revision_is_never_changed BEFORE UPDATE ON revision
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER revision_is_never_deleted BEFORE DELETE ON revision
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER revision_is_never_replaced BEFORE INSERT ON revision
WHEN EXISTS (
  SELECT 1 FROM revision WHERE seq = NEW.seq OR hash = NEW.hash
  UNION ALL SELECT 1 FROM revision WHERE entity = NEW.entity AND id = NEW.id AND version = NEW.version
)
BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
"""

POSTGRESQL_TRIGGERS = """
CREATE FUNCTION refuse_to_rewrite() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$;
CREATE TRIGGER revision_is_never_changed BEFORE UPDATE OR DELETE ON revision
FOR EACH ROW EXECUTE FUNCTION refuse_to_rewrite();
CREATE TRIGGER revision_is_never_truncated BEFORE TRUNCATE ON revision
FOR EACH STATEMENT EXECUTE FUNCTION refuse_to_rewrite();
"""


def create_ledger_triggers() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for statement in SQLITE_TRIGGERS.split("END;\n")[:-1]:
            op.execute(statement + "END")
    else:
        for statement in POSTGRESQL_TRIGGERS.strip().split(";\n\n"):
            op.execute(statement)


def upgrade() -> None:
    op.create_table(
        "api_key",
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("scope", word("scope", "write", "assess"), nullable=False),
        sa.Column("created_at", sa.String(27), nullable=False),
        sa.Column("expires_on", sa.Date()),
        sa.Column("revoked_at", sa.String(27)),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_api_key")),
        sa.UniqueConstraint("hash", name=op.f("uq_api_key_hash")),
    )
    op.create_table(
        "idempotency",
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("method", sa.String(10), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("location", sa.Text()),
        sa.Column("etag", sa.String(100)),
        sa.Column("at", sa.String(27), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotency")),
    )
    op.create_index(op.f("ix_idempotency_at"), "idempotency", ["at"])
    op.create_table(
        "revision",
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.String(27), nullable=False),
        sa.Column("actor", sa.String(100), nullable=False),
        sa.Column(
            "entity",
            word("entity", "party", "topic", "instrument", "participant", "source", "meeting", "pledge", "assessment"),
            nullable=False,
        ),
        sa.Column("id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "operation",
            word("operation", "create", "change", "retract", "restore", "assess", "reshape"),
            nullable=False,
        ),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_revision")),
        sa.UniqueConstraint("entity", "id", "version", name=op.f("uq_revision_entity_id_version")),
        sa.UniqueConstraint("hash", name=op.f("uq_revision_hash")),
    )
    op.create_table(
        "instrument",
        sa.Column("retracted", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("folded", sa.String(300), nullable=False),
        sa.Column("slug", ID, nullable=False),
        sa.Column(
            "type",
            word(
                "instrumenttype",
                "treaty",
                "declaration",
                "agreement",
                "plan",
                "body",
                "exercise",
                "resolution",
                "other",
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["revision"], ["revision.seq"], name=op.f("fk_instrument_revision_revision")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_instrument")),
    )
    op.create_index(op.f("ix_instrument_folded"), "instrument", ["folded"])
    op.create_table(
        "meeting",
        sa.Column("retracted", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column(
            "type",
            word(
                "meetingtype",
                "summit",
                "2plus2",
                "foreign-ministers",
                "defense-ministers",
                "security-consultative",
                "senior-officials",
                "call",
                "statement",
                "other",
            ),
            nullable=False,
        ),
        sa.Column("level", word("level", "leaders", "ministers", "officials"), nullable=False),
        sa.Column("series", ID),
        sa.Column("ordinal", sa.Integer()),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date()),
        sa.Column("city", sa.String(300)),
        sa.Column("venue", sa.String(300)),
        sa.Column("coverage", word("coverage", "full-text", "report-only"), nullable=False),
        sa.Column("inferred", sa.JSON(), nullable=False),
        sa.Column("circle", sa.Text(), nullable=False),
        sa.CheckConstraint("ended_on IS NULL OR ended_on >= held_on", name=op.f("ck_meeting_ended_on")),
        sa.ForeignKeyConstraint(["revision"], ["revision.seq"], name=op.f("fk_meeting_revision_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
    )
    op.create_index("ix_meeting_circle", "meeting", ["circle", "held_on"])
    op.create_index(op.f("ix_meeting_series"), "meeting", ["series"])
    op.create_table(
        "participant",
        sa.Column("retracted", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("folded", sa.String(300), nullable=False),
        sa.Column("slug", ID, nullable=False),
        sa.ForeignKeyConstraint(["revision"], ["revision.seq"], name=op.f("fk_participant_revision_revision")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_participant")),
    )
    op.create_index(op.f("ix_participant_folded"), "participant", ["folded"])
    op.create_table(
        "party",
        sa.Column("retracted", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("folded", sa.String(300), nullable=False),
        sa.Column("code", ID, nullable=False),
        sa.Column("type", word("partytype", "state", "organisation", "group"), nullable=False),
        sa.ForeignKeyConstraint(["revision"], ["revision.seq"], name=op.f("fk_party_revision_revision")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_party")),
    )
    op.create_index(op.f("ix_party_folded"), "party", ["folded"])
    op.create_table(
        "source",
        sa.Column("retracted", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("type", word("sourcetype", "primary-text", "press-release", "news-report"), nullable=False),
        sa.Column("publisher", sa.String(300)),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("language", sa.String(12), nullable=False),
        sa.Column("published_on", sa.Date()),
        sa.Column("url", sa.Text()),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.CheckConstraint("length > 0", name=op.f("ck_source_length")),
        sa.ForeignKeyConstraint(["revision"], ["revision.seq"], name=op.f("fk_source_revision_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source")),
    )
    op.create_index(op.f("ix_source_sha256"), "source", ["sha256"])
    op.create_table(
        "topic",
        sa.Column("retracted", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("folded", sa.String(300), nullable=False),
        sa.Column("slug", ID, nullable=False),
        sa.Column("parent", ID),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["parent"], ["topic.slug"], name=op.f("fk_topic_parent_topic")),
        sa.ForeignKeyConstraint(["revision"], ["revision.seq"], name=op.f("fk_topic_revision_revision")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_topic")),
    )
    op.create_index(op.f("ix_topic_folded"), "topic", ["folded"])
    op.create_index(op.f("ix_topic_parent"), "topic", ["parent"])
    op.create_table(
        "attendance",
        sa.Column("meeting", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("participant", ID, nullable=False),
        sa.Column("party", ID, nullable=False),
        sa.Column("office", sa.String(300), nullable=False),
        sa.Column("role", word("attendancerole", "principal", "delegate", "chair", "observer"), nullable=False),
        sa.ForeignKeyConstraint(["meeting"], ["meeting.id"], name=op.f("fk_attendance_meeting_meeting")),
        sa.ForeignKeyConstraint(
            ["participant"], ["participant.slug"], name=op.f("fk_attendance_participant_participant")
        ),
        sa.ForeignKeyConstraint(["party"], ["party.code"], name=op.f("fk_attendance_party_party")),
        sa.PrimaryKeyConstraint("meeting", "position", name=op.f("pk_attendance")),
        sa.UniqueConstraint("meeting", "participant", name=op.f("uq_attendance_meeting_participant")),
    )
    op.create_index(op.f("ix_attendance_participant"), "attendance", ["participant"])
    op.create_index(op.f("ix_attendance_party"), "attendance", ["party"])
    op.create_table(
        "instrument_alias",
        sa.Column("language", sa.String(12)),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("folded", sa.String(300), nullable=False),
        sa.Column("instrument", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument"], ["instrument.slug"], name=op.f("fk_instrument_alias_instrument_instrument")
        ),
        sa.PrimaryKeyConstraint("instrument", "position", name=op.f("pk_instrument_alias")),
    )
    op.create_index(op.f("ix_instrument_alias_folded"), "instrument_alias", ["folded"])
    op.create_table(
        "meeting_party",
        sa.Column("meeting", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("party", ID, nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["meeting"], ["meeting.id"], name=op.f("fk_meeting_party_meeting_meeting")),
        sa.ForeignKeyConstraint(["party"], ["party.code"], name=op.f("fk_meeting_party_party_party")),
        sa.PrimaryKeyConstraint("meeting", "position", name=op.f("pk_meeting_party")),
        sa.UniqueConstraint("meeting", "party", name=op.f("uq_meeting_party_meeting_party")),
    )
    op.create_table(
        "meeting_source",
        sa.Column("meeting", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source", ID, nullable=False),
        sa.ForeignKeyConstraint(["meeting"], ["meeting.id"], name=op.f("fk_meeting_source_meeting_meeting")),
        sa.ForeignKeyConstraint(["source"], ["source.id"], name=op.f("fk_meeting_source_source_source")),
        sa.PrimaryKeyConstraint("meeting", "position", name=op.f("pk_meeting_source")),
        sa.UniqueConstraint("meeting", "source", name=op.f("uq_meeting_source_meeting_source")),
    )
    op.create_index(op.f("ix_meeting_source_source"), "meeting_source", ["source"])
    op.create_table(
        "participant_alias",
        sa.Column("language", sa.String(12)),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("folded", sa.String(300), nullable=False),
        sa.Column("participant", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("is_error", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant"], ["participant.slug"], name=op.f("fk_participant_alias_participant_participant")
        ),
        sa.PrimaryKeyConstraint("participant", "position", name=op.f("pk_participant_alias")),
    )
    op.create_index(op.f("ix_participant_alias_folded"), "participant_alias", ["folded"])
    op.create_table(
        "party_alias",
        sa.Column("language", sa.String(12)),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("folded", sa.String(300), nullable=False),
        sa.Column("party", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["party"], ["party.code"], name=op.f("fk_party_alias_party_party")),
        sa.PrimaryKeyConstraint("party", "position", name=op.f("pk_party_alias")),
    )
    op.create_index(op.f("ix_party_alias_folded"), "party_alias", ["folded"])
    op.create_table(
        "pledge",
        sa.Column("retracted", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("key", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("meeting", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("act", word("act", "commit", "agree", "reaffirm", "support", "condemn", "urge"), nullable=False),
        sa.Column("towards", word("towardsword", "each-other", "international-community", "unspecified")),
        sa.Column(
            "due_kind", word("duekind", "deadline", "deadline-event", "window", "recurring", "open", "event-relative")
        ),
        sa.Column("due_text", sa.String(300)),
        sa.Column("due_from", sa.Date()),
        sa.Column("due_to", sa.Date()),
        sa.Column("due_inferred", sa.Text()),
        sa.Column("condition_kind", word("conditionkind", "trigger", "conditions-based", "contingency", "qualifier")),
        sa.Column("condition_text", sa.String(300)),
        sa.Column("specificity", word("specificity", "general", "named-action", "measurable"), nullable=False),
        sa.Column("formula", sa.JSON(), nullable=False),
        sa.Column("borderline", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("attested", word("attested", "joint-text", "both-sides", "one-side", "press"), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("undertaking", sa.Integer(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "towards IS NULL OR act IN ('commit', 'agree', 'reaffirm')", name=op.f("ck_pledge_position_owes_nothing")
        ),
        sa.CheckConstraint(
            "(condition_kind IS NULL) = (condition_text IS NULL)", name=op.f("ck_pledge_condition_whole")
        ),
        sa.CheckConstraint("(due_kind IS NULL) = (due_text IS NULL)", name=op.f("ck_pledge_due_whole")),
        sa.CheckConstraint(
            "due_from IS NULL OR due_to IS NULL OR due_from <= due_to", name=op.f("ck_pledge_due_in_order")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_pledge_number")),
        sa.ForeignKeyConstraint(["meeting"], ["meeting.id"], name=op.f("fk_pledge_meeting_meeting")),
        sa.ForeignKeyConstraint(["revision"], ["revision.seq"], name=op.f("fk_pledge_revision_revision")),
        sa.ForeignKeyConstraint(["undertaking"], ["pledge.key"], name=op.f("fk_pledge_undertaking_pledge")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_pledge")),
        sa.UniqueConstraint("id", name=op.f("uq_pledge_id")),
        sa.UniqueConstraint("meeting", "number", name=op.f("uq_pledge_meeting_number")),
    )
    op.create_index("ix_pledge_due", "pledge", ["due_to", "key"])
    op.create_index(op.f("ix_pledge_undertaking"), "pledge", ["undertaking"])
    op.create_index("ix_pledge_updated", "pledge", ["revision"])
    op.create_table(
        "source_issuer",
        sa.Column("source", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("party", ID, nullable=False),
        sa.ForeignKeyConstraint(["party"], ["party.code"], name=op.f("fk_source_issuer_party_party")),
        sa.ForeignKeyConstraint(["source"], ["source.id"], name=op.f("fk_source_issuer_source_source")),
        sa.PrimaryKeyConstraint("source", "position", name=op.f("pk_source_issuer")),
    )
    op.create_index(op.f("ix_source_issuer_party"), "source_issuer", ["party"])
    op.create_table(
        "topic_alias",
        sa.Column("language", sa.String(12)),
        sa.Column("name", sa.String(300), nullable=False),
        sa.Column("folded", sa.String(300), nullable=False),
        sa.Column("topic", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["topic"], ["topic.slug"], name=op.f("fk_topic_alias_topic_topic")),
        sa.PrimaryKeyConstraint("topic", "position", name=op.f("pk_topic_alias")),
    )
    op.create_index(op.f("ix_topic_alias_folded"), "topic_alias", ["folded"])
    op.create_table(
        "assessment",
        sa.Column("retracted", sa.Text()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("pledge", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("party", ID, nullable=False),
        sa.Column(
            "fulfilment",
            word(
                "fulfilment",
                "not-started",
                "in-progress",
                "stalled",
                "partly-fulfilled",
                "fulfilled",
                "upheld",
                "not-fulfilled",
                "renounced",
                "overtaken",
                "not-triggered",
                "not-assessable",
            ),
            nullable=False,
        ),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("assessor", sa.String(300), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("disputes", sa.Integer()),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_assessment_number")),
        sa.ForeignKeyConstraint(["party"], ["party.code"], name=op.f("fk_assessment_party_party")),
        sa.ForeignKeyConstraint(["pledge"], ["pledge.key"], name=op.f("fk_assessment_pledge_pledge")),
        sa.ForeignKeyConstraint(["revision"], ["revision.seq"], name=op.f("fk_assessment_revision_revision")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("pledge", "number", name=op.f("uq_assessment_pledge_number")),
    )
    op.create_index(op.f("ix_assessment_party"), "assessment", ["party"])
    op.create_table(
        "citation",
        sa.Column("pledge", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source", ID, nullable=False),
        sa.Column("zone", word("zone", "body", "quote", "lede", "headline"), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.CheckConstraint('start >= 0 AND start < "end"', name=op.f("ck_citation_span")),
        sa.ForeignKeyConstraint(["pledge"], ["pledge.key"], name=op.f("fk_citation_pledge_pledge")),
        sa.ForeignKeyConstraint(["source"], ["source.id"], name=op.f("fk_citation_source_source")),
        sa.PrimaryKeyConstraint("pledge", "position", name=op.f("pk_citation")),
    )
    op.create_index("ix_citation_source_pledge", "citation", ["source", "pledge"])
    op.create_table(
        "link",
        sa.Column("pledge", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column(
            "type",
            word("linktype", "renews", "strengthens", "weakens", "extends", "supersedes", "implements", "contradicts"),
            nullable=False,
        ),
        sa.Column("target", sa.Integer()),
        sa.Column("external", sa.String(300)),
        sa.Column("partial", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(target IS NULL) <> (external IS NULL)", name=op.f("ck_link_one_end")),
        sa.CheckConstraint("target <> pledge", name=op.f("ck_link_not_itself")),
        sa.ForeignKeyConstraint(["pledge"], ["pledge.key"], name=op.f("fk_link_pledge_pledge")),
        sa.ForeignKeyConstraint(["target"], ["pledge.key"], name=op.f("fk_link_target_pledge")),
        sa.PrimaryKeyConstraint("pledge", "position", name=op.f("pk_link")),
    )
    op.create_index(op.f("ix_link_target"), "link", ["target"])
    op.create_index(
        "uq_link_continuation",
        "link",
        ["pledge"],
        unique=True,
        sqlite_where=sa.text(
            "target IS NOT NULL AND type IN ('renews', 'strengthens', 'weakens', 'extends', 'supersedes')"
        ),
        postgresql_where=sa.text(
            "target IS NOT NULL AND type IN ('renews', 'strengthens', 'weakens', 'extends', 'supersedes')"
        ),
    )
    op.create_table(
        "pledge_instrument",
        sa.Column("pledge", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("instrument", ID, nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument"], ["instrument.slug"], name=op.f("fk_pledge_instrument_instrument_instrument")
        ),
        sa.ForeignKeyConstraint(["pledge"], ["pledge.key"], name=op.f("fk_pledge_instrument_pledge_pledge")),
        sa.PrimaryKeyConstraint("pledge", "instrument", name=op.f("pk_pledge_instrument")),
    )
    op.create_table(
        "pledge_party",
        sa.Column("pledge", sa.Integer(), nullable=False),
        sa.Column("role", word("partyrole", "pledgor", "towards", "about"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("party", ID, nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("is_derived", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["party"], ["party.code"], name=op.f("fk_pledge_party_party_party")),
        sa.ForeignKeyConstraint(["pledge"], ["pledge.key"], name=op.f("fk_pledge_party_pledge_pledge")),
        sa.PrimaryKeyConstraint("pledge", "party", "role", name=op.f("pk_pledge_party")),
    )
    op.create_table(
        "pledge_speaker",
        sa.Column("pledge", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("participant", ID, nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["participant"], ["participant.slug"], name=op.f("fk_pledge_speaker_participant_participant")
        ),
        sa.ForeignKeyConstraint(["pledge"], ["pledge.key"], name=op.f("fk_pledge_speaker_pledge_pledge")),
        sa.PrimaryKeyConstraint("pledge", "participant", name=op.f("pk_pledge_speaker")),
    )
    op.create_table(
        "pledge_topic",
        sa.Column("pledge", sa.Integer(), nullable=False),
        sa.Column("topic", ID, nullable=False),
        sa.Column("rank", sa.Integer()),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["pledge"], ["pledge.key"], name=op.f("fk_pledge_topic_pledge_pledge")),
        sa.ForeignKeyConstraint(["topic"], ["topic.slug"], name=op.f("fk_pledge_topic_topic_topic")),
        sa.PrimaryKeyConstraint("pledge", "topic", name=op.f("pk_pledge_topic")),
    )
    op.create_table(
        "evidence",
        sa.Column("assessment", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("publisher", sa.String(300)),
        sa.Column("url", sa.Text()),
        sa.Column("published_on", sa.Date()),
        sa.Column("type", word("evidencetype", "announcement", "action", "report"), nullable=False),
        sa.ForeignKeyConstraint(["assessment"], ["assessment.id"], name=op.f("fk_evidence_assessment_assessment")),
        sa.PrimaryKeyConstraint("assessment", "position", name=op.f("pk_evidence")),
    )
    for table, (*by, last) in NEWEST_FIRST.items():
        op.create_index(f"ix_{table}_newest", table, [*by, sa.text("held_on DESC"), last])
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_SEARCH if is_sqlite else POSTGRESQL_SEARCH:
        op.execute(statement)
    create_ledger_triggers()


def downgrade() -> None:
    op.drop_table("search_meeting")
    op.drop_table("search_pledge")
    for table in TABLES_TO_DROP:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_to_rewrite()")
