"""Vocabularies: the closed lists of values. Each is a CHECK constraint in the database and an enum in OpenAPI."""

from enum import StrEnum


class PartyType(StrEnum):
    """A state, an organisation with members of its own, or a named group of states."""

    state = "state"
    organisation = "organisation"
    group = "group"


class InstrumentType(StrEnum):
    """The kind of an instrument; `body` is a committee, commission or organisation."""

    treaty = "treaty"
    declaration = "declaration"
    agreement = "agreement"
    plan = "plan"
    body = "body"
    exercise = "exercise"
    resolution = "resolution"
    other = "other"


class SourceType(StrEnum):
    """The kind of a source: the statement's own text, a press release, or a news report.

    A paraphrase is a `news-report`, even if it is labelled a press release.
    """

    primary_text = "primary-text"
    press_release = "press-release"
    news_report = "news-report"


class MeetingType(StrEnum):
    """The kind of a meeting; `2plus2` is one of foreign and defence ministers, `statement` a statement without one."""

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
    """The rank of the persons who represent the parties at a meeting."""

    leaders = "leaders"
    ministers = "ministers"
    officials = "officials"


class Coverage(StrEnum):
    """`full-text` if the statement's own text is one of the sources; `report-only` if only reports of it are."""

    full_text = "full-text"
    report_only = "report-only"


class AttendanceRole(StrEnum):
    """The part of a person in a meeting: `principal` speaks for a party, `delegate` accompanies a principal."""

    principal = "principal"
    delegate = "delegate"
    chair = "chair"
    observer = "observer"


class Act(StrEnum):
    """The speech act: commit, agree and reaffirm make pledges; support, condemn and urge make positions."""

    commit = "commit"
    agree = "agree"
    reaffirm = "reaffirm"
    support = "support"
    condemn = "condemn"
    urge = "urge"


PLEDGE_ACTS = (Act.commit, Act.agree, Act.reaffirm)
POSITION_ACTS = (Act.support, Act.condemn, Act.urge)


class TowardsWord(StrEnum):
    """The values of `towards` that are not party codes. Such a value is the only one in its list."""

    each_other = "each-other"
    international_community = "international-community"
    unspecified = "unspecified"


TOWARDS_WORDS = frozenset(TowardsWord)


class PartyRole(StrEnum):
    """The role of a party in a pledge: it is bound, it is owed the pledge, or the pledge concerns it."""

    pledgor = "pledgor"
    towards = "towards"
    about = "about"


class DueKind(StrEnum):
    """How a text states when a pledge is due.

    `deadline`: by a date. `deadline-event`: before an event. `window`: in or during a period. `recurring`: regularly.
    `open`: at no stated date. `event-relative`: after an event.
    """

    deadline = "deadline"
    deadline_event = "deadline-event"
    window = "window"
    recurring = "recurring"
    open = "open"
    event_relative = "event-relative"


class ConditionKind(StrEnum):
    """The kind of a condition.

    `trigger`: the pledge applies if something happens. `conditions-based`: it follows a plan with agreed conditions.
    `contingency`: it applies in one of several cases. `qualifier`: it is limited in extent.
    """

    trigger = "trigger"
    conditions_based = "conditions-based"
    contingency = "contingency"
    qualifier = "qualifier"


class Specificity(StrEnum):
    """How specific a pledge is.

    `general`: a direction, such as strengthening cooperation. `named-action`: a named exercise, plan, meeting or
    document. `measurable`: a number, a finished product, or a date and a deliverable.
    """

    general = "general"
    named_action = "named-action"
    measurable = "measurable"


class Zone(StrEnum):
    """The part of a source that a citation is in, in order of authority."""

    body = "body"
    quote = "quote"
    lede = "lede"
    headline = "headline"


class LinkType(StrEnum):
    """How a pledge relates to an earlier one.

    `renews` (same content), `strengthens`, `weakens`, `extends` (wider scope) and `supersedes` continue it, in the
    same undertaking. `implements` and `contradicts` only refer to it.
    """

    renews = "renews"
    strengthens = "strengthens"
    weakens = "weakens"
    extends = "extends"
    supersedes = "supersedes"
    implements = "implements"
    contradicts = "contradicts"


# Links of these types put two pledges into one undertaking.
CONTINUATIONS = (LinkType.renews, LinkType.strengthens, LinkType.weakens, LinkType.extends, LinkType.supersedes)


class Attested(StrEnum):
    """Whose sources support a pledge, derived from its citations.

    `joint-text`: a primary text that all parties of the meeting issued. `both-sides`: sources of two parties.
    `one-side`: sources of one party. `press`: press reports only.
    """

    joint_text = "joint-text"
    both_sides = "both-sides"
    one_side = "one-side"
    press = "press"


class Fulfilment(StrEnum):
    """How far a party has fulfilled a pledge.

    `upheld`: a permanent pledge is being kept. `renounced`: the party has said that it will not fulfil it.
    `overtaken`: events have made it pointless. `not-triggered`: its condition has not occurred. `not-assessable`: it
    cannot be assessed from outside.
    """

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
    """What a piece of evidence is: a party's announcement, an action that was taken, or a report by others."""

    announcement = "announcement"
    action = "action"
    report = "report"


class Entity(StrEnum):
    """The kinds of record, in the order of an export."""

    party = "party"
    topic = "topic"
    instrument = "instrument"
    participant = "participant"
    source = "source"
    meeting = "meeting"
    pledge = "pledge"
    assessment = "assessment"


class Operation(StrEnum):
    """What a revision did.

    `assess` updates a pledge after a new assessment. `reshape` rewrites a document for a new version of its schema.
    """

    create = "create"
    change = "change"
    retract = "retract"
    restore = "restore"
    assess = "assess"
    reshape = "reshape"


class Scope(StrEnum):
    """What a key may do: `write` allows every write, `assess` only assessments and drafts."""

    write = "write"
    assess = "assess"
