"""The order of the bases, with the reason for each place."""

from dataclasses import replace

from backend.conventions.legal_basis.answer import Basis, Standing

_Grounds = tuple[tuple[int, str], ...]
_STANDINGS = tuple(Standing)
# Conditions that the letter has to satisfy by what it tells.
_SHOWN = {"to-be-shown", "penalty-unknown", "penalty-seems-too-low"}
_WORDS = {
    Standing.APPLICABLE: "applies without a condition of its own",
    Standing.WITH_CONDITIONS: "applies on conditions",
    Standing.UNKNOWN: "is not known to apply",
    Standing.NOT_APPLICABLE: "does not apply",
}
# From the rule that asks least of the requesting State to the one that asks most, and how each is said.
_RULES = {
    "not-applicable": (0, "asks for no dual criminality"),
    "not-required": (0, "asks for no dual criminality"),
    "if-required-then-conduct-test": (1, "looks at the conduct where dual criminality is asked for"),
    "as-in-convention": (2, "has the rule of its convention on dual criminality"),
    "as-for-mutual-assistance": (2, "has its general rule on dual criminality"),
    "via-convention-grounds": (2, "has the grounds of its convention on dual criminality"),
    "optional-ground-for-coercive-measures": (2, "lets dual criminality be asked for coercive measures only"),
    "satisfied-by-corresponding-tax-crime": (2, "counts a corresponding offence as enough"),
    "optional-ground": (3, "lets it be refused for want of dual criminality"),
    "may-be-required": (3, "lets it be refused for want of dual criminality"),
    "unspecified": (3, "is not known to waive dual criminality"),
    "per-domestic-law": (4, "leaves dual criminality to domestic law"),
    "domestic-law": (4, "leaves dual criminality to domestic law"),
    "required": (5, "demands dual criminality in full"),
}


def rank(bases: list[Basis]) -> tuple[Basis, ...]:
    """The bases in order, each with its place and what sets it apart from the one before it, or after the first."""
    judged = sorted(((_grounds(basis), basis) for basis in bases), key=_key)
    usable = [(grounds, basis) for grounds, basis in judged if basis.usable]
    return tuple(
        replace(basis, rank=place, rank_reason=_reason(grounds, basis, usable))
        for place, (grounds, basis) in enumerate(judged, 1)
    )


def _key(judged: tuple[_Grounds, Basis]) -> tuple[int | str, ...]:
    grounds, basis = judged
    return (*(worth for worth, _ in grounds), basis.instrument)


def _grounds(basis: Basis) -> _Grounds:
    """What decides the place, the weightiest first: a number, the lower the better, and how it is said."""
    rule = basis.dual_criminality.rule if basis.dual_criminality else "unspecified"
    codes = {reason.code for reason in basis.reasons}
    verified = basis.measure_ref is not None and basis.measure_ref.verified
    years = basis.least_penalty
    to_show = len(codes & _SHOWN)
    return (
        (_STANDINGS.index(basis.standing), _WORDS[basis.standing]),
        (int("no-duty" in codes), "lays no duty on anybody" if "no-duty" in codes else "obliges the requested State"),
        _RULES[rule],
        (years, f"asks for a maximum penalty of {years} year(s)" if years else "asks for no least penalty"),
        (to_show, "wants more to be shown" if to_show else "wants nothing more to be shown"),
        (int(basis.inherited), "has it under a wider measure" if basis.inherited else "names the measure itself"),
        (int(not verified), "was verified" if verified else "was not verified"),
        (int(not basis.bilateral), "is between these two States" if basis.bilateral else "is open to many States"),
    )


def _reason(grounds: _Grounds, basis: Basis, usable: list[tuple[_Grounds, Basis]]) -> str:
    (_, standing), (no_duty, duty), (_, rule), *_ = grounds
    if not basis.usable:
        would = basis.standing is Standing.UNKNOWN and basis.measure_ref is not None
        return f"It {standing}{f'; if it does, it {rule}' if would else ''}."
    measure = "holds it under a wider measure" if basis.inherited else "names the measure itself"
    told = f"It {standing}; it {measure}; it {rule}{f'; it {duty}' if no_duty else ''}."
    place = next(place for place, (_, other) in enumerate(usable) if other is basis)
    if place > 0:
        told += f" {_apart('Behind', grounds, *usable[place - 1])}"
    elif len(usable) > 1:
        told += f" {_apart('Before', grounds, *usable[1])}"
    return told


def _apart(word: str, grounds: _Grounds, others: _Grounds, other: Basis) -> str:
    """The first ground on which the two differ; where there is none, their names decide, and that is said."""
    for (mine, said), (theirs, said_of_other) in zip(grounds, others, strict=True):
        if mine != theirs:
            return f"{word} {other.title}: this one {said}, that one {said_of_other}."
    return f"{word} {other.title} by name only: nothing in the data sets the two apart."
