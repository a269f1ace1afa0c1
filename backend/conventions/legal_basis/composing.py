"""The answer as a composition: measure, contents and procedure each from its source, channel, gates and powers."""

from collections.abc import Sequence

from backend.conventions.legal_basis.answer import (
    Basis,
    Channel,
    Composition,
    JudgedGate,
    Office,
    Part,
    Power,
    Reason,
    Reference,
)
from backend.conventions.legal_basis.gates import open_gates
from backend.conventions.legal_basis.question import Question, instrument_ref, state_ref
from backend.conventions.schema.instruments import Instrument, RequestContent
from backend.conventions.schema.states import Authority, State

# The kinds of office that serve a default channel, in the order to try.
_KINDS = {
    "24-7": ("24-7", "central", "diplomatic"),
    "central-authority": ("central", "diplomatic"),
    "competent-authority": ("competent", "central"),
    "interpol": ("competent",),
    "diplomatic": ("diplomatic",),
}


def compose(question: Question, bases: Sequence[Basis], gates: tuple[JudgedGate, ...]) -> Composition:
    """The composition under the best basis; without one, what is known of channel, gates and powers."""
    best = next((basis for basis in bases if basis.usable), None)
    measure = _measure_part(best)
    contents = contents_part(question, bases)
    channel = _channel(question, best)
    powers = _powers(question)
    unknowns = (
        *_unknown_channel(question, channel),
        *_unknown_gates(question, gates),
        *_unknown_powers(question, powers),
    )
    languages = question.requested.request_languages
    return Composition(
        measure, contents, _procedure(question, best, contents), channel, gates, powers, languages, unknowns
    )


def _measure_part(best: Basis | None) -> Part | None:
    if best is None or best.measure_ref is None:
        return None
    text = f"The measure is that of {best.measure_ref.ref}, {best.measure_title}."
    return Part(best.instrument, "instrument", Reason("measure-from", text, (best.measure_ref,)))


def contents_rows(question: Question, instrument_id: str) -> tuple[RequestContent, ...]:
    """What a request under the instrument contains for the measure asked, obligatory or not."""
    instrument = question.catalogue.instrument(instrument_id)
    return tuple(row for row in instrument.request_contents if question.speaks_of(row.measure))


def contents_part(question: Question, bases: Sequence[Basis]) -> Part | None:
    """Where the mandatory contents come from: the basis itself, else another treaty that binds both, else a statute."""
    usable = [basis for basis in bases if basis.usable]
    if not usable:
        return _statute_part(question)
    best = usable[0]
    for basis in usable:
        rows = [row for row in contents_rows(question, basis.instrument) if row.obligatory]
        if rows and (basis is best or not _names_own_contents(question, best)):
            return _contents_from(question, best, basis, rows)
    return _statute_part(question)


def _names_own_contents(question: Question, best: Basis) -> bool:
    """Whether the basis itself lists mandatory contents, so that no other instrument's are needed."""
    return any(row.obligatory for row in contents_rows(question, best.instrument))


def _contents_from(question: Question, best: Basis, basis: Basis, rows: Sequence[RequestContent]) -> Part:
    instrument = question.catalogue.instrument(basis.instrument)
    refs = tuple(dict.fromkeys(instrument_ref(instrument, row.ref, row.verified, row.doubtful) for row in rows))
    if basis is best:
        text = f"{basis.title} lists the contents itself."
        return Part(basis.instrument, "instrument", Reason("own-contents", text, refs))
    leading = _relation(question.catalogue.instrument(best.instrument))
    text = f"{best.title} lists no mandatory contents for it; those of {basis.title}, which binds both, are taken."
    return Part(basis.instrument, "instrument", Reason("contents-of-other-treaty", text, (*leading, *refs)))


def _relation(instrument: Instrument) -> tuple[Reference, ...]:
    """The instrument's own rule that leads to other treaties or to domestic law."""
    found = [
        instrument_ref(instrument, ground.ref, ground.verified)
        for ground in instrument.refusal_grounds
        if ground.ground == "requested-law-or-treaty" and ground.measure == "*"
    ]
    if rule := instrument.rules.get("treaty_relationship"):
        found.append(instrument_ref(instrument, rule.ref, rule.verified))
    return tuple(found)


def statute_form_applies(question: Question) -> bool:
    """Whether the requested State's statute prescribes a form for requests of the requesting State."""
    form = question.requested.mla_statute.request_form
    if question.requested_territory is not None:
        return False
    kind = "commonwealth" if "commonwealth" in question.requesting.memberships else "non-commonwealth"
    return form is not None and bool({"*", kind, question.requesting.code} & set(form.applies_to))


def _statute_part(question: Question) -> Part | None:
    form, state = question.requested.mla_statute.request_form, question.requested
    if form is None or not statute_form_applies(question):
        return None
    ref = state_ref(state, f"{state.mla_statute.title}, {form.ref}", form.verified, form.source)
    text = f"The contents are those of the statute of {state.name.en}. {form.note}"
    return Part(state.code, "statute", Reason("statutory-form", text, (ref,)))


def _procedure(question: Question, best: Basis | None, contents: Part | None) -> Part | None:
    """The default procedure of a basis steps back where another treaty supplies the contents: it goes with them."""
    if contents is not None and best is not None and contents.source != best.instrument:
        return contents
    if best is None:
        return None
    rule = question.catalogue.instrument(best.instrument).rules.get("execution")
    refs = (Reference(best.instrument, rule.ref, rule.verified),) if rule else ()
    text = rule.text if rule else f"{best.title} has no rule on procedure; the law of the requested State applies."
    return Part(best.instrument, "instrument", Reason("procedure", text, refs))


def _channel(question: Question, best: Basis | None) -> Channel:
    kind = question.measure.default_channel
    instrument = best.instrument if best else None
    sender, addressee = (
        _office(state, kind, instrument, question) for state in (question.requesting, question.requested)
    )
    return Channel(kind, sender, addressee)


def _office(state: State, channel: str, instrument: str | None, question: Question) -> Office | None:
    for kind in _KINDS.get(channel, ()):
        rows = [row for row in _offices(state, question) if row.kind == kind and _serves(row, instrument, question)]
        rows.sort(key=lambda row: (instrument not in row.instruments, "*" in row.measures))
        if rows:
            ref = state_ref(state, rows[0].basis, rows[0].verified, rows[0].source)
            return Office(state.code, kind, rows[0].title, rows[0].basis, rows[0].confidence, ref)
    return None


def _offices(state: State, question: Question) -> list[Authority]:
    """The offices of the State, or those of its territory, which alone can act there."""
    territory = question.territory_of(state)
    return [row for row in state.authorities if row.territory == (territory.code if territory else None)]


def _serves(row: Authority, instrument: str | None, question: Question) -> bool:
    """A named instrument before any; an office outside every instrument serves measures that need none."""
    measure_fits = any(question.speaks_of(measure) for measure in row.measures)
    if not measure_fits:
        return False
    return "*" in row.instruments or instrument in row.instruments or (instrument is None and not row.instruments)


def _powers(question: Question) -> tuple[Power, ...]:
    state = question.requested
    # The powers of a State are not those of a territory with a law of its own.
    rows = () if question.requested_territory else state.domestic_powers or ()
    return tuple(
        Power(state.code, row.power, row.who_orders, row.days, state_ref(state, row.ref, row.verified, row.source))
        for row in rows
        if row.power in question.measure.domestic_power
    )


def _unknown_channel(question: Question, channel: Channel) -> tuple[Reason, ...]:
    found = []
    sides = (("requesting", question.requesting, channel.sender), ("requested", question.requested, channel.addressee))
    for side, state, office in sides:
        if office is None or office.title is None:
            text = f"No office of the {side} State is established for this channel ({channel.kind}): do not address it."
            refs = (office.ref if office else state_ref(state, None, False),)
            found.append(Reason(f"no-{side}-office", text, refs))
        elif not office.ref.verified:
            text = f"The office of the {side} State ({office.title}) was not verified."
            found.append(Reason(f"unverified-{side}-office", text, (office.ref,)))
    return tuple(found)


def _unknown_gates(question: Question, gates: tuple[JudgedGate, ...]) -> tuple[Reason, ...]:
    found = [gate.reason for gate in open_gates(gates)]
    for state, direction in ((question.requested, "being asked"), (question.requesting, "asking")):
        if state.gates is None or question.territory_of(state) is not None:
            text = f"Whether the law of {question.name_of(state)} has conditions on {direction} was not established."
            found.append(Reason("gates-not-established", text, (state_ref(state, None, False),)))
    return tuple(found)


def _unknown_powers(question: Question, powers: tuple[Power, ...]) -> tuple[Reason, ...]:
    state, seen = question.requested, {power.power for power in powers if power.ref.ref}
    refs, name = (state_ref(state, None, False),), question.name_of(state)
    return tuple(
        Reason("power-not-seen", f"No power of {name} to {power} was seen; there may still be one.", refs)
        for power in question.measure.domestic_power
        if power not in seen
    )
