"""The closed word lists of the book. Each is a CHECK in the database and an enum in OpenAPI."""

from enum import StrEnum


class PartyType(StrEnum):
    state = "state"
    organisation = "organisation"
    group = "group"


class InstrumentType(StrEnum):
    treaty = "treaty"
    declaration = "declaration"
    agreement = "agreement"
    plan = "plan"
    body = "body"
    exercise = "exercise"
    resolution = "resolution"
    other = "other"


class SourceType(StrEnum):
    """A paraphrase is a news report even where it is labelled a press release."""

    primary_text = "primary-text"
    press_release = "press-release"
    news_report = "news-report"


class MeetingType(StrEnum):
    summit = "summit"
    two_plus_two = "2plus2"
    foreign_ministers = "foreign-ministers"
    defense_ministers = "defense-ministers"
    security_consultative = "security-consultative"
    senior_officials = "senior-officials"
    call = "call"
    statement = "statement"
    other = "other"


class Level(StrEnum):
    leaders = "leaders"
    ministers = "ministers"
    officials = "officials"


class Coverage(StrEnum):
    """full-text only where the statement's own text is among the sources."""

    full_text = "full-text"
    report_only = "report-only"


class AttendanceRole(StrEnum):
    principal = "principal"
    delegate = "delegate"
    chair = "chair"
    observer = "observer"


class Act(StrEnum):
    """The speech act of a record: the first three bind (pledges), the last three do not (positions)."""

    commit = "commit"
    agree = "agree"
    reaffirm = "reaffirm"
    support = "support"
    condemn = "condemn"
    urge = "urge"


PLEDGE_ACTS = (Act.commit, Act.agree, Act.reaffirm)
POSITION_ACTS = (Act.support, Act.condemn, Act.urge)


class TowardsWord(StrEnum):
    """To whom a pledge is owed, where that is no party: the words stand alone in `towards`."""

    each_other = "each-other"
    international_community = "international-community"
    unspecified = "unspecified"


TOWARDS_WORDS = frozenset(TowardsWord)


class PartyRole(StrEnum):
    pledgor = "pledgor"
    towards = "towards"
    about = "about"


class DueKind(StrEnum):
    deadline = "deadline"
    deadline_event = "deadline-event"
    window = "window"
    recurring = "recurring"
    open = "open"
    event_relative = "event-relative"


class ConditionKind(StrEnum):
    trigger = "trigger"
    conditions_based = "conditions-based"
    contingency = "contingency"
    qualifier = "qualifier"


class Specificity(StrEnum):
    general = "general"
    named_action = "named-action"
    measurable = "measurable"


class Zone(StrEnum):
    """Where in a source the words stand, the most authoritative first."""

    body = "body"
    quote = "quote"
    lede = "lede"
    headline = "headline"


class LinkType(StrEnum):
    renews = "renews"
    strengthens = "strengthens"
    weakens = "weakens"
    extends = "extends"
    supersedes = "supersedes"
    implements = "implements"
    contradicts = "contradicts"


# A continuation link makes two pledges one undertaking; the other two types only point.
CONTINUATIONS = (LinkType.renews, LinkType.strengthens, LinkType.weakens, LinkType.extends, LinkType.supersedes)


class Attested(StrEnum):
    """On whose account a pledge stands, derived from the sources that are cited for it."""

    joint_text = "joint-text"
    both_sides = "both-sides"
    one_side = "one-side"
    press = "press"


class Fulfilment(StrEnum):
    not_started = "not-started"
    in_progress = "in-progress"
    stalled = "stalled"
    partly_fulfilled = "partly-fulfilled"
    fulfilled = "fulfilled"
    upheld = "upheld"
    not_fulfilled = "not-fulfilled"
    renounced = "renounced"
    overtaken = "overtaken"
    not_triggered = "not-triggered"
    not_assessable = "not-assessable"


class EvidenceType(StrEnum):
    announcement = "announcement"
    action = "action"
    report = "report"


class Entity(StrEnum):
    """The kinds of record whose revisions the ledger keeps, in the order of a book."""

    party = "party"
    topic = "topic"
    instrument = "instrument"
    participant = "participant"
    source = "source"
    meeting = "meeting"
    pledge = "pledge"
    assessment = "assessment"


class Operation(StrEnum):
    create = "create"
    change = "change"
    retract = "retract"
    restore = "restore"
    assess = "assess"
    reshape = "reshape"


class Scope(StrEnum):
    write = "write"
    assess = "assess"
