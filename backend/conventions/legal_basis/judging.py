"""Whether an instrument that binds both States carries the measure, and on what conditions."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from backend.conventions.binding import Bound
from backend.conventions.legal_basis.answer import Basis, DualCriminalityRule, Limit, Reason, Refusal, Standing
from backend.conventions.legal_basis.candidates import Candidate, not_bound
from backend.conventions.legal_basis.penalties import least_penalty, penalty
from backend.conventions.legal_basis.question import Question, instrument_ref, state_ref
from backend.conventions.schema.instruments import Cooperation, Instrument

_NO_DUTY = "duty"


@dataclass(frozen=True, slots=True)
class _Carrier:
    """The row that carries the measure, and all rows whose limits hold for it."""

    row: Cooperation
    rows: tuple[Cooperation, ...]
    hook: bool


def judge(candidate: Candidate, question: Question) -> Basis:
    """The instrument judged for the measure asked."""
    carrier = _carrier(candidate.instrument, question)
    if candidate.bound is not Bound.NO and carrier is None:
        return _without_measure(candidate, question)
    if candidate.bound is Bound.NO or carrier is None:
        return not_bound(candidate)
    basis = _with_measure(candidate, carrier, question)
    return basis if candidate.bound is Bound.YES else _if_it_binds(basis)


def _if_it_binds(basis: Basis) -> Basis:
    """What an instrument would give of which it is not known whether it binds both: told, and never relied on."""
    excluded = basis.standing is Standing.NOT_APPLICABLE
    return basis if excluded else replace(basis, standing=Standing.UNKNOWN)


def _carrier(instrument: Instrument, question: Question) -> _Carrier | None:
    for measure in question.chain:
        rows = [row for row in instrument.cooperation if row.measure == measure]
        # A row without a duty, or doubtful, is taken only where there is no better one.
        rows.sort(key=lambda row: (row.limits.get(_NO_DUTY) is False, row.doubtful))
        if rows:
            wider = [row for row in instrument.cooperation if question.speaks_of(row.measure)]
            return _Carrier(rows[0], tuple(wider), False)
    for row in instrument.cooperation:
        hooks = row.limits.get("hook_for", ())
        if isinstance(hooks, tuple) and question.measure.id in hooks:
            # An open clause stands within the scope of the clause on assistance in general: its limits hold too.
            general = [other for other in instrument.cooperation if other.measure == row.measure]
            return _Carrier(row, tuple(general), True)
    return None


def _without_measure(candidate: Candidate, question: Question) -> Basis:
    instrument = candidate.instrument
    text = f"{instrument.short_title} has no {question.measure.label.en!r}, nor a wider measure that reaches it."
    reason = Reason("no-such-measure", text, (instrument_ref(instrument, None, True),))
    return Basis(
        instrument.id,
        instrument.short_title,
        instrument.bilateral,
        Standing.NOT_APPLICABLE,
        (*candidate.reasons, reason),
    )


def _with_measure(candidate: Candidate, carrier: _Carrier, question: Question) -> Basis:
    instrument, row = candidate.instrument, carrier.row
    conditions = _conditions(instrument, carrier, question)
    excluded = [reason for reason in conditions if reason.code in {"outside-offences", "penalty-too-low"}]
    standing = Standing.WITH_CONDITIONS if conditions else Standing.APPLICABLE
    rule = row.dual_criminality
    return Basis(
        instrument=instrument.id,
        title=instrument.short_title,
        bilateral=instrument.bilateral,
        standing=Standing.NOT_APPLICABLE if excluded else standing,
        reasons=(
            *candidate.reasons,
            _carried(instrument, carrier, question),
            *_informing(instrument, row),
            *_declared(instrument, question),
            *conditions,
        ),
        measure=row.measure,
        measure_title=row.title,
        measure_ref=instrument_ref(instrument, row.ref, row.verified, row.doubtful),
        inherited=row.measure != question.measure.id,
        dual_criminality=DualCriminalityRule(
            rule.rule, rule.text, instrument_ref(instrument, rule.ref, row.verified, row.doubtful)
        ),
        limits=_limits(instrument, carrier),
        least_penalty=max((asked[1] for row in carrier.rows if (asked := least_penalty(row, question))), default=0),
        refusal_grounds=_refusals(instrument, question),
    )


def _carried(instrument: Instrument, carrier: _Carrier, question: Question) -> Reason:
    row = carrier.row
    ref = (instrument_ref(instrument, row.ref, row.verified, row.doubtful),)
    if row.measure == question.measure.id:
        return Reason("measure", f"{row.ref}, {row.title}: {row.summary}", ref)
    text = f"{row.ref}, {row.title}, is wider and holds for {question.measure.label.en!r} too: {row.summary}"
    return Reason("hook" if carrier.hook else "wider-measure", text, ref)


def _informing(instrument: Instrument, row: Cooperation) -> tuple[Reason, ...]:
    """What a reader has to know and what is no condition: the scope of the instrument, the note of the row."""
    found = []
    if scope := instrument.rules.get("scope"):
        found.append(Reason("scope", scope.text, (instrument_ref(instrument, scope.ref, scope.verified),)))
    if row.note:
        found.append(Reason("note", row.note, (instrument_ref(instrument, row.ref, row.verified, row.doubtful),)))
    return tuple(found)


def _declared(instrument: Instrument, question: Question) -> tuple[Reason, ...]:
    """Declarations and reservations of both States: those known; where none was seen, that."""
    found = []
    for state in (question.requesting, question.requested):
        row = state.standing_towards(instrument.id)
        if row is None or row.declarations == "none-exist":
            continue
        ref = state_ref(state, instrument.id, row.verified, row.source)
        if isinstance(row.declarations, str):
            text = f"No declaration or reservation of {state.name.en} was seen; there may still be one."
            found.append(Reason("declarations-none-seen", text, (ref,)))
            continue
        for declared in row.declarations:
            text = f"{state.name.en} declared on {declared.about}: {declared.text}"
            found.append(Reason("declaration", text, (state_ref(state, declared.ref, row.verified, row.source),)))
    return tuple(found)


def _conditions(instrument: Instrument, carrier: _Carrier, question: Question) -> tuple[Reason, ...]:
    found = [
        _no_duty(instrument, carrier),
        _dual_criminality(instrument, carrier.row),
        _scope(instrument, question),
    ]
    found += [penalty(instrument, row, question) for row in carrier.rows]
    found += _to_be_shown(instrument, carrier.rows, question)
    return tuple(reason for reason in found if reason is not None)


def _no_duty(instrument: Instrument, carrier: _Carrier) -> Reason | None:
    row = carrier.row
    if row.limits.get(_NO_DUTY) is not False and not carrier.hook:
        return None
    text = f"It may be asked for under {row.ref}, but nobody must do it."
    return Reason("no-duty", text, (instrument_ref(instrument, row.ref, row.verified, row.doubtful),))


def _dual_criminality(instrument: Instrument, row: Cooperation) -> Reason | None:
    if row.dual_criminality.rule != "required":
        return None
    ref = instrument_ref(instrument, row.dual_criminality.ref, row.verified)
    text = f"{row.dual_criminality.ref or row.ref}: the conduct has to be an offence in both States."
    return Reason("dual-criminality-required", text, (ref,))


def _scope(instrument: Instrument, question: Question) -> Reason | None:
    """A protocol with offences of its own serves those only; one without a parent stands on an unnamed one."""
    if instrument.kind != "protocol":
        return None
    own = {article.offence for article in instrument.offences}
    refs = (instrument_ref(instrument, None, True),)
    if own and question.offences and not own & set(question.offences):
        text = (
            f"{instrument.short_title} concerns its own offences ({', '.join(sorted(own))}), none of them named here."
        )
        return Reason("outside-offences", text, refs)
    if own and not question.offences:
        text = f"{instrument.short_title} serves its own offences only: {', '.join(sorted(own))}."
        return Reason("own-offences", text, refs)
    if instrument.parent is None:
        text = f"{instrument.short_title} is a protocol: it serves only together with its convention."
        return Reason("protocol", text, refs)
    return None


def _to_be_shown(instrument: Instrument, rows: Sequence[Cooperation], question: Question) -> list[Reason]:
    """What the letter has to show by what it tells, whatever offences are named."""
    rules = question.catalogue.basis_rules.conditions
    return [
        Reason(
            "to-be-shown",
            f"{rules[name]}: {value} ({row.limits_ref.get(name, row.ref)}).",
            (instrument_ref(instrument, row.limits_ref.get(name, row.ref), row.verified, row.doubtful),),
        )
        for row in rows
        for name, value in row.limits.items()
        if name in rules
    ]


def _limits(instrument: Instrument, carrier: _Carrier) -> tuple[Limit, ...]:
    rows = dict.fromkeys((carrier.row.ref, *(row.ref for row in carrier.rows)))
    by_ref = {row.ref: row for row in (*carrier.rows, carrier.row)}
    return tuple(
        Limit(name, value, instrument_ref(instrument, by_ref[ref].limits_ref.get(name, ref), by_ref[ref].verified))
        for ref in rows
        for name, value in by_ref[ref].limits.items()
    )


def _refusals(instrument: Instrument, question: Question) -> tuple[Refusal, ...]:
    return tuple(
        Refusal(ground.ground, ground.text, instrument_ref(instrument, ground.ref, ground.verified, ground.doubtful))
        for ground in instrument.refusal_grounds
        if question.speaks_of(ground.measure)
    )
