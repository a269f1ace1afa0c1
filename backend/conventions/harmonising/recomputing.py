"""The figures of `harmonisation.yaml` made anew from offences and States, by the method that its header tells."""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from backend.conventions.catalogue import Catalogue, shipped

# Fewer rows than this say too little of a State to speak of what it lacks.
_LOADED = 5
_PARTS = ("states", "codes", "matrix", "pair_summary", "pairs")


def recompute(catalogue: Catalogue | None = None) -> dict[str, Any]:
    """`states`, `codes`, `matrix`, `pair_summary` and `pairs` as the data give them today, shaped as in the file."""
    law = catalogue or shipped()
    substantive = tuple(law.harmonisation.budapest_substantive)
    matrix = {code: {state: _cell(law, code, state) for state in law.state_codes} for code in law.offences}
    pairs = [_pair(law, matrix, substantive, pair) for pair in combinations(_tier_1(law), 2)]
    return {
        "states": {state: _state(law, matrix, substantive, state) for state in law.state_codes},
        "codes": {code: _code(law, code, row) for code, row in matrix.items()},
        "matrix": matrix,
        "pair_summary": _summary(pairs, substantive),
        "pairs": pairs,
    }


def differences(catalogue: Catalogue | None = None) -> tuple[str, ...]:
    """Where the file that is shipped says something else than the data: one line for each place."""
    law = catalogue or shipped()
    made = recompute(law)
    return tuple(line for part in _PARTS for line in _differ(part, getattr(law.harmonisation, part), made[part]))


def _differ(place: str, there: Any, made: Any) -> Iterator[str]:
    if isinstance(there, dict) and isinstance(made, dict):
        for key in sorted({*there, *made}, key=str):
            yield from _differ(f"{place}.{key}", there.get(key, "(missing)"), made.get(key, "(missing)"))
    elif isinstance(there, list | tuple) and isinstance(made, list | tuple) and len(there) == len(made):
        for number, (old, new) in enumerate(zip(there, made, strict=True)):
            yield from _differ(f"{place}[{number}]", old, new)
    elif there != made:
        yield f"{place}: the file has {there!r}, the data give {made!r}"


def _tier_1(law: Catalogue) -> tuple[str, ...]:
    return tuple(state.code for state in sorted(law.states(), key=lambda state: state.name.en) if state.tier == 1)


def _coverage(law: Catalogue, state: str) -> str:
    rows = len(law.state(state).cybercrime_statute.offences)
    return "loaded" if rows >= _LOADED else "thin" if rows else "none"


def _cell(law: Catalogue, code: str, state: str) -> dict[str, Any]:
    rows = [row for row in law.state(state).cybercrime_statute.offences if row.offence == code]
    if not rows:
        return {"result": "not-found" if _coverage(law, state) == "loaded" else "no-statute-data"}
    sections = [{"ref": row.ref, "verified": row.verified} for row in rows]
    return {"result": "found", "verified": any(row.verified for row in rows), "sections": sections}


def _found(cell: dict[str, Any]) -> bool:
    return bool(cell["result"] == "found")


def _verified(cell: dict[str, Any]) -> bool:
    return bool(cell.get("verified"))


def _state(law: Catalogue, matrix: dict[str, Any], substantive: tuple[str, ...], code: str) -> dict[str, Any]:
    state, cells = law.state(code), {offence: matrix[offence][code] for offence in substantive}
    loaded = _coverage(law, code) == "loaded"
    return {
        "tier": state.tier,
        "statute": state.cybercrime_statute.title,
        "offence_rows": len(state.cybercrime_statute.offences),
        "coverage": _coverage(law, code),
        "budapest_substantive_found": sum(map(_found, cells.values())),
        "budapest_substantive_verified": sum(map(_verified, cells.values())),
        "missing_budapest": [name for name, cell in cells.items() if not _found(cell)] if loaded else None,
    }


def _code(law: Catalogue, code: str, row: dict[str, Any]) -> dict[str, Any]:
    article = law.harmonisation.budapest_substantive.get(code)
    results = Counter(cell["result"] for cell in row.values())
    body: dict[str, Any] = {"budapest": article} if article else {}
    body |= {"states_found": results["found"], "states_verified": sum(map(_verified, row.values()))}
    body |= {"states_not_found": results["not-found"], "states_no_statute_data": results["no-statute-data"]}
    for result in ("found", "not-found", "no-statute-data"):
        name = f"tier1_{result.replace('-', '_')}"
        body[name] = [state for state in _tier_1(law) if row[state]["result"] == result]
    return body


def _pair(
    law: Catalogue, matrix: dict[str, Any], substantive: tuple[str, ...], pair: tuple[str, str]
) -> dict[str, Any]:
    first, second = ({code for code in substantive if _found(matrix[code][state])} for state in pair)
    meet = [code for code in substantive if code in first & second]
    limited = any(_coverage(law, state) != "loaded" for state in pair)

    def listed(codes: set[str]) -> list[str] | None:
        return None if limited else [code for code in substantive if code in codes]

    return {
        "pair": list(pair),
        "both": len(meet),
        "both_verified": sum(all(_verified(matrix[code][state]) for state in pair) for code in meet),
        "meet": meet,
        f"only_{pair[0]}": listed(first - second),
        f"only_{pair[1]}": listed(second - first),
        "neither": listed(set(substantive) - first - second),
        "data_limited": limited,
    }


def _summary(pairs: list[dict[str, Any]], substantive: tuple[str, ...]) -> dict[str, Any]:
    whole = [pair for pair in pairs if not pair["data_limited"]]
    both = [pair["both"] for pair in whole]
    return {
        "pairs": len(pairs),
        "data_limited_pairs": len(pairs) - len(whole),
        "of_possible": len(substantive),
        "mean_both_not_limited": _mean(both),
        "mean_both_verified_not_limited": _mean([pair["both_verified"] for pair in whole]),
        "max_both": max((pair["both"] for pair in pairs), default=None),
        "min_both_not_limited": min(both, default=None),
        "distribution_not_limited": dict(sorted(Counter(both).items())),
        "pairs_meeting_per_code_not_limited": {
            code: sum(code in pair["meet"] for pair in whole) for code in substantive
        },
        "pairs_one_sided_per_code_not_limited": {
            code: sum(_one_sided(code, pair) for pair in whole) for code in substantive
        },
    }


def _mean(numbers: list[int]) -> float | None:
    return round(sum(numbers) / len(numbers), 1) if numbers else None


def _one_sided(code: str, pair: dict[str, Any]) -> bool:
    return any(code in (pair[f"only_{state}"] or ()) for state in pair["pair"])
