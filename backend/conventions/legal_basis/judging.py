"""Whether an instrument that binds both States carries the measure, and on what conditions."""

import re
from dataclasses import dataclass

from backend.conventions.binding import Bound
from backend.conventions.legal_basis.answer import Basis, DualCriminalityRule, Limit, Reason, Refusal, Standing
from backend.conventions.legal_basis.candidates import Candidate, not_bound
from backend.conventions.legal_basis.question import Question, instrument_ref, state_ref
from backend.conventions.schema.instruments import Cooperation, Instrument
from backend.conventions.schema.states import StatuteOffence

# Limits by which an instrument asks for a least penalty; the value is, or begins with, a number of years.
_PENALTY_LIMITS = (
    "serious_crime_min_max_penalty_years",
    "min_max_penalty_years",
    "minimum-penalty-requesting-state",
    "minimum-penalty",
)
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
    if candidate.bound is not Bound.YES or carrier is None:
        return not_bound(candidate)
    return _with_measure(candidate, carrier, question)


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
            return _Carrier(row, (row,), True)
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


def _conditions(instrument: Instrument, carrier: _Carrier, question: Question) -> tuple[Reason, ...]:
    found = [
        _no_duty(instrument, carrier),
        _dual_criminality(instrument, carrier.row),
        _scope(instrument, question),
    ]
    found += [_penalty(instrument, row, question) for row in carrier.rows]
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


def _penalty(instrument: Instrument, row: Cooperation, question: Question) -> Reason | None:
    years = _least_years(row)
    if years is None:
        return None
    known = [offence for offence in _named_offences(question) if offence.max_years]
    state, short = question.requesting, f"{row.ref} asks for a maximum penalty of at least {years} year(s)"
    ref = instrument_ref(instrument, row.ref, row.verified, row.doubtful)
    refs = (ref, *(state_ref(state, offence.ref, offence.penalty_verified, offence.source) for offence in known))
    highest = max((offence.max_years or 0 for offence in known), default=0)
    if highest >= years:
        return None
    if {offence.offence for offence in known} != set(question.offences) or not known:
        text = f"{short}, and what the law of {state.name.en} has for the offences is not known."
        return Reason("penalty-unknown", text, refs)
    text = f"{short}; {state.name.en} has {highest} at most for what is named. Consider an aggravated form."
    # A row that nobody has verified can make one careful; it cannot close a basis.
    certain = row.verified and all(offence.penalty_verified for offence in known)
    return Reason("penalty-too-low" if certain else "penalty-seems-too-low", text, refs)


def _named_offences(question: Question) -> list[StatuteOffence]:
    rows = question.requesting.cybercrime_statute.offences
    return [row for row in rows if row.offence in question.offences]


def _least_years(row: Cooperation) -> int | None:
    """Years of the least maximum penalty, from the number or the sentence that begins with it."""
    for name in _PENALTY_LIMITS:
        if (value := row.limits.get(name)) is not None and (number := re.match(r"\d+", str(value))):
            return int(number[0])
    return None


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
