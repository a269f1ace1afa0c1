"""What speaks against a letter, as the desk shows it: by severity, beside the fields, with who answered for it."""

import re

import msgspec
import pytest
from django.urls import reverse
from django.utils import translation

from referral import services
from referral.columns import content_of
from referral.composing import draft_of
from referral.models import LetterOfRequest, RiskOverride
from referral.risks_shown import title
from tests.desk.test_letters import do, stage
from tests.desk.test_pages import shown, words
from tests.desk.world import BOTH, World

RULE = "mla-intention-missing"
REASON = "Agreed by telephone with the requested point."


def undated(world: World) -> LetterOfRequest:
    """The draft without the day by which the letter of request follows."""
    draft = draft_of(content_of(world.draft))
    particulars = dict(draft.particulars) | {"intention-to-submit-mla": BOTH}
    services.redraft_letter(
        world.draft,
        msgspec.structs.replace(draft, particulars=particulars),
        acting=world.people["prosecutor"],
        at=world.at,
    )
    world.draft.refresh_from_db()
    return world.draft


def letter_page(world: World, role: str = "prosecutor") -> str:
    return shown(world, role, "letter", pk=world.draft.pk)


def test_the_page_shows_findings_by_severity_with_source_and_how_to_mend(world: World) -> None:
    undated(world)
    page = letter_page(world)
    read = words(page)
    assert "1 finding keeps the letter from being signed" in read
    assert read.index("Keeps it from being signed") < read.index("Cannot be told from the draft: a person must look")
    block = page[page.index(f'id="risk-{RULE}"') :]
    block = words(block[: block.index("</li>")])
    for text in (
        "The letter of request that follows",
        "No date is named by which the letter of request follows.",
        "To mend it: Add the sentence; open the linked letter at once",
        "In urgent form it only warns",
        "budapest Art. 29(2)(f)",
        "Source of the rule: data: budapest request_contents",
    ):
        assert text in block, text
    assert "un-cybercrime" not in block  # not a basis of this letter


def test_a_letter_without_a_block_says_so_and_still_asks(world: World) -> None:
    read = words(letter_page(world))
    assert "Nothing found keeps the letter from being signed." in read
    assert "a person must look" in read


def test_the_form_has_the_findings_beside_their_fields_and_the_fields_to_mend_them_in(world: World) -> None:
    undated(world)
    page = shown(world, "prosecutor", "edit_letter", pk=world.draft.pk)
    field = page.index('id="id_particular-intention-to-submit-mla-es"')
    note = page.index(f'<a href="#risk-{RULE}">')
    between = page[field:note]
    assert between.count("<textarea") == 0
    assert 'name="particular-limitation-period-en"' not in page  # not asked for in a preservation
    assert 'name="particular-police-contacts-so-far-en"' in page  # a question whose answer has its place


@pytest.mark.long
def test_a_block_is_refused_at_the_signature_and_open_after_an_override_with_its_reason(world: World) -> None:
    undated(world)
    world.complete()
    assert do(world, "approver", "approve").status_code == 302
    refused = do(world, "signer", "sign")
    assert refused.status_code == 400
    assert "is not to be signed so: No date is named" in words(refused.content.decode())
    without = do(world, "signer", "override-risk", rule=RULE, reason="")
    assert without.status_code == 400
    assert '<a href="#id_reason">' in without.content.decode()
    assert do(world, "signer", "override-risk", rule="nexus-missing", reason=REASON).status_code == 400
    assert do(world, "signer", "override-risk", rule=RULE, reason=REASON).status_code == 302
    page = words(letter_page(world, "approver"))
    assert "overridden" in page
    assert f"Signer-Person, {RiskOverride.objects.get().overridden_at:%Y-%m-%d}" in page
    assert REASON in page
    assert do(world, "signer", "sign").status_code == 302
    assert stage(world.draft) == "signed"
    after = words(letter_page(world, "registrar"))
    assert "As it stood at the signature" in after
    assert REASON in after


def test_the_override_is_offered_to_those_who_may_and_only_while_something_waits(world: World) -> None:
    world.complete()
    assert "Override: I answer for it" not in letter_page(world, "signer")
    services.return_to_draft(world.draft, acting=world.people["approver"], at=world.at)
    undated(world)
    world.complete()
    assert "Override: I answer for it" in letter_page(world, "signer")
    assert "Override: I answer for it" not in letter_page(world, "registrar")
    assert do(world, "registrar", "override-risk", rule=RULE, reason=REASON).status_code == 404
    assert do(world, "prosecutor", "override-risk", rule=RULE, reason=REASON).status_code == 404
    assert not RiskOverride.objects.exists()


def test_what_the_urgent_form_let_pass_is_due_and_answered_for_after(world: World) -> None:
    undated(world)
    world.urgent()
    page = words(letter_page(world, "approver"))
    assert "Mending what the urgent form let pass: due" in page
    assert "The urgent form let it pass; to be mended by" in page
    assert do(world, "approver", "override-risk", rule=RULE, reason="Named in a supplement.").status_code == 302
    assert "Mending what the urgent form let pass: due" not in words(letter_page(world, "approver"))
    assert "Named in a supplement." in letter_page(world, "approver")


def test_a_rule_has_its_title_in_the_language_of_the_page_and_its_sentences_say_that_they_are_english(
    world: World,
) -> None:
    undated(world)
    with translation.override("es"):
        assert title(RULE) == "La carta rogatoria que seguirá"
    page = letter_page(world)
    assert re.search(r'<p lang="en">No date is named', page)


def test_a_received_letter_and_an_answer_are_not_checked(world: World) -> None:
    assert "What may make this letter come back" not in shown(world, "prosecutor", "letter", pk=world.received.pk)


def test_a_rule_that_nobody_has_named_is_shown_by_its_id() -> None:
    assert title("learnt-yesterday") == "learnt-yesterday"


@pytest.mark.parametrize("act", ["override-risk"])
def test_it_is_an_act_of_this_node_s_requests_alone(world: World, act: str) -> None:
    assert do(world, "signer", act, world.received, rule=RULE, reason=REASON).status_code == 404
    assert reverse("letter_act", kwargs={"pk": world.received.pk, "act": act})
