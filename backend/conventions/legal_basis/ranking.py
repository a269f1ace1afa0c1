"""The order of the bases, with the reason for each place."""

from dataclasses import replace

from backend.conventions.legal_basis.answer import Basis, Standing

_STANDINGS = tuple(Standing)
# From the rule that asks least of the requesting State to the one that asks most.
_STRICTNESS = {
    "not-applicable": 0,
    "not-required": 0,
    "if-required-then-conduct-test": 1,
    "as-in-convention": 2,
    "as-for-mutual-assistance": 2,
    "via-convention-grounds": 2,
    "optional-ground-for-coercive-measures": 2,
    "satisfied-by-corresponding-tax-crime": 2,
    "optional-ground": 3,
    "may-be-required": 3,
    "unspecified": 3,
    "per-domestic-law": 4,
    "domestic-law": 4,
    "required": 5,
}
_WORDS = {
    Standing.APPLICABLE: "It applies without a condition of its own",
    Standing.WITH_CONDITIONS: "It applies on conditions",
    Standing.UNKNOWN: "Whether it applies is not known",
    Standing.NOT_APPLICABLE: "It does not apply",
}


def rank(bases: list[Basis]) -> tuple[Basis, ...]:
    """The bases in order, each with its place and the reason for it."""
    ordered = sorted(bases, key=_key)
    return tuple(replace(basis, rank=place, rank_reason=_reason(basis)) for place, basis in enumerate(ordered, 1))


def _key(basis: Basis) -> tuple[int, int, int, int, int, int, int, str]:
    rule = basis.dual_criminality.rule if basis.dual_criminality else "unspecified"
    codes = {reason.code for reason in basis.reasons}
    verified = basis.measure_ref is not None and basis.measure_ref.verified
    return (
        _STANDINGS.index(basis.standing),
        int("no-duty" in codes),
        _STRICTNESS[rule],
        _years_asked(basis),
        int(basis.inherited),
        int(not verified),
        int(not basis.bilateral),
        basis.instrument,
    )


def _years_asked(basis: Basis) -> int:
    return max(
        (
            limit.value
            for limit in basis.limits
            if limit.name.endswith("penalty_years") and isinstance(limit.value, int)
        ),
        default=0,
    )


def _reason(basis: Basis) -> str:
    if not basis.usable:
        return f"{_WORDS[basis.standing]}."
    measure = "holds it under a wider measure" if basis.inherited else "names the measure itself"
    rule = basis.dual_criminality.rule if basis.dual_criminality else "unspecified"
    duty = "; it lays no duty on anybody" if any(reason.code == "no-duty" for reason in basis.reasons) else ""
    return f"{_WORDS[basis.standing]}; it {measure}; its rule on dual criminality is {rule!r}{duty}."
