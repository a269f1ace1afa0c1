"""What docs/refusal-risks.md says is so."""

import re
from pathlib import Path
from typing import Any

from backend.conventions.refusal_risks import check
from backend.conventions.refusal_risks.faults import risk_faults
from backend.conventions.refusal_risks.rulebook import rulebook
from backend.conventions.schema.risks import RiskTest
from tests.conventions.refusal_drafts import BLOCK, GOOD, WARN, ask, put, rule, with_file

PAGE = (Path(__file__).parents[2] / "docs" / "refusal-risks.md").read_text(encoding="utf-8")


def blocks(language: str) -> str:
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found)


def test_the_example_for_programmers_gives_what_its_remarks_say() -> None:
    names: dict[str, Any] = {}
    exec(blocks("python"), names)  # noqa: S102  our own page
    first = names["found"][0]
    assert (first.rule, first.severity, str(first.references[0])) == ("nexus-missing", BLOCK, "budapest Art. 29(2)(c)")


def test_the_rule_of_the_page_is_found_once_its_file_is_there(data: Path) -> None:
    law = with_file(data, blocks("yaml"))
    assert list(risk_faults(law)) == []
    late = put(GOOD, urgency_and_deadline="Before the court holidays.")
    finding = rule(check(late, ask(), catalogue=law), "holiday-recess")
    assert finding is not None
    assert (finding.severity, finding.text) == (WARN, ("The deadline falls into the recess: “court holidays”.",))
    assert rulebook(law).titles["holiday-recess"].nl == "Gerechtelijk reces"


def test_every_test_that_the_page_names_is_one() -> None:
    named = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", PAGE[PAGE.index("2. A test is one") : PAGE.index("3. `when`")]))
    tags = {kind.__struct_config__.tag for kind in RiskTest.__args__}
    assert len(named) > 10
    assert named <= tags
