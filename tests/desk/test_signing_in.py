"""Signing in: the first time, from then on, and what does not let anybody in."""

import re
import time
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backend.accounts.models import Role, User
from backend.accounts.services import add_user
from backend.audit.models import AuditEvent
from backend.desk.signin.anew import begin_anew
from backend.vault.signin import open_factor
from crypto.errors import CannotOpen
from tests.founding import TESTS, found_node

pytestmark = pytest.mark.django_db(transaction=True)
OWN = "a phrase that only the test knows"
SIGN_IN, PASSWORD = "/account/sign-in/", "/account/password/"
FACTOR, CODES, CODE = "/account/second-factor/", "/account/recovery-codes/", "/account/sign-in/code/"


class Newcomer:
    """A person with a one-time password, and their browser."""

    def __init__(self) -> None:
        found_node(at=timezone.now())
        self.user, self.once = add_user(
            "amira", "Amira Testperson", roles=[Role.AUDITOR], acting=TESTS, at=timezone.now()
        )
        self.browser = Client()

    def give_password(self, password: str, browser: Client | None = None) -> str:
        """Signs in by password; where that leads, or the page's text."""
        answer = (browser or self.browser).post(SIGN_IN, {"login": "amira", "password": password})
        return answer.headers.get("Location") or answer.content.decode()

    def set_up(self) -> tuple[str, list[str]]:
        """The whole first sign-in; the factor's secret and the recovery codes."""
        self.give_password(self.once)
        self.browser.post(PASSWORD, {"oldpassword": self.once, "password1": OWN, "password2": OWN})
        page = self.browser.get(FACTOR).content.decode()
        secret = re.search(r'class="secret">([A-Z2-7]+)<', page)[1]
        self.browser.post(FACTOR, {"code": code_of(secret)})
        codes = re.findall(r"<li><code>(\d{8})</code></li>", self.browser.get(CODES).content.decode())
        return secret, codes


@pytest.fixture
def newcomer() -> Newcomer:
    return Newcomer()


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of codes stands still: however long a test takes, none of its codes runs out."""
    now = time.time()
    monkeypatch.setattr(auth, "time", SimpleNamespace(time=lambda: now))


def code_of(secret: str) -> str:
    """The present code."""
    return auth.format_hotp_value(auth.hotp_value(secret, int(auth.time.time()) // 30))


def wrong_code(secret: str) -> str:
    """A code that is not the present one."""
    return f"{(int(code_of(secret)) + 1) % 1_000_000:06}"


def events() -> set[str]:
    return set(AuditEvent.objects.filter(event__startswith="user:").values_list("event", flat=True))


def test_the_first_sign_in_leads_through_password_and_second_factor_to_the_start_page(newcomer: Newcomer) -> None:
    browser = newcomer.browser
    assert browser.get("/").headers["Location"] == f"{SIGN_IN}?next=/"
    assert newcomer.give_password(newcomer.once) == "/"
    assert browser.get("/").headers["Location"] == PASSWORD
    assert browser.get(FACTOR).headers["Location"] == PASSWORD
    changed = browser.post(PASSWORD, {"oldpassword": newcomer.once, "password1": OWN, "password2": OWN})
    assert changed.headers["Location"] == "/"
    assert browser.get("/").headers["Location"] == FACTOR
    page = browser.get(FACTOR).content.decode()
    assert 'src="data:image/svg+xml;base64,' in page
    secret = re.search(r'class="secret">([A-Z2-7]+)<', page)[1]
    assert browser.post(FACTOR, {"code": code_of(secret)}).headers["Location"] == CODES
    codes = browser.get(CODES).content.decode()
    assert len(re.findall(r"<li><code>\d{8}</code></li>", codes)) == 10
    assert "<li><code>" not in browser.get(CODES).content.decode()
    assert browser.get("/").status_code == 200
    assert events() == {
        "user:added", "user:signed_in", "user:password_changed", "user:second_factor_added",
        "user:recovery_codes_made",
    }  # fmt: skip


def test_the_one_time_password_cannot_be_kept(newcomer: Newcomer) -> None:
    newcomer.give_password(newcomer.once)
    same = {"oldpassword": newcomer.once, "password1": newcomer.once, "password2": newcomer.once}
    page = newcomer.browser.post(PASSWORD, same)
    assert "The new password is the current one" in page.content.decode()
    assert User.objects.get().must_change_password


def test_from_then_on_both_factors_are_asked_for(newcomer: Newcomer) -> None:
    secret, _ = newcomer.set_up()
    other = Client()
    assert newcomer.give_password(OWN, other) == CODE
    assert other.get("/").headers["Location"].startswith(SIGN_IN)
    page = other.post(CODE, {"code": wrong_code(secret)})
    assert "Incorrect code" in page.content.decode()
    assert "user:second_factor_failed" in events()
    assert other.post(CODE, {"code": code_of(secret)}).headers["Location"] == "/"
    assert other.get("/").status_code == 200


def test_a_code_works_once(newcomer: Newcomer) -> None:
    secret, _ = newcomer.set_up()
    code = code_of(secret)
    for expected in ("/", None):
        browser = Client()
        newcomer.give_password(OWN, browser)
        assert browser.post(CODE, {"code": code}).headers.get("Location") == expected


def test_a_recovery_code_stands_in_once_for_a_lost_app(newcomer: Newcomer) -> None:
    _, codes = newcomer.set_up()
    for expected in ("/", None):
        browser = Client()
        newcomer.give_password(OWN, browser)
        assert browser.post(CODE, {"code": codes[0]}).headers.get("Location") == expected
    assert "user:recovery_code_used" in events()


def test_a_session_that_never_gave_the_second_factor_ends_when_one_is_set_up_elsewhere(newcomer: Newcomer) -> None:
    newcomer.give_password(newcomer.once)
    newcomer.browser.post(PASSWORD, {"oldpassword": newcomer.once, "password1": OWN, "password2": OWN})
    earlier = Client()
    newcomer.give_password(OWN, earlier)
    assert earlier.get("/").headers["Location"] == FACTOR
    page = newcomer.browser.get(FACTOR).content.decode()
    secret = re.search(r'class="secret">([A-Z2-7]+)<', page)[1]
    newcomer.browser.post(FACTOR, {"code": code_of(secret)})
    assert earlier.get("/").headers["Location"].startswith(SIGN_IN)
    assert "_auth_user_id" not in earlier.session


def test_the_factor_is_stored_encrypted_and_opens_in_its_place_alone(newcomer: Newcomer) -> None:
    secret, codes = newcomer.set_up()
    stored = {row.type: row.data for row in Authenticator.objects.all()}
    assert open_factor(stored["totp"]["secret"]) == secret
    assert secret not in str(stored)
    assert not any(code in str(stored) for code in codes)
    kept = stored["totp"]["secret"]
    changed = kept[:-4] + ("BBBB" if kept.endswith("AAAA") else "AAAA")
    with pytest.raises(CannotOpen):
        open_factor(changed)


def test_a_wrong_password_is_on_record_without_what_was_typed(newcomer: Newcomer) -> None:
    assert "not correct" in newcomer.give_password("wrong")
    newcomer.browser.post(SIGN_IN, {"login": "my-password-in-the-wrong-field", "password": "x"})
    failed = AuditEvent.objects.filter(event="user:sign_in_failed")
    assert sorted(failed.values_list("subject_id", flat=True)) == ["amira", "unknown"]
    assert "wrong-field" not in str(list(AuditEvent.objects.values()))


def test_somebody_known_and_somebody_unknown_are_refused_in_the_same_words(newcomer: Newcomer) -> None:
    known = Client().post(SIGN_IN, {"login": "amira", "password": "wrong"})
    unknown = Client().post(SIGN_IN, {"login": "nobody", "password": "wrong"})
    found = [re.sub(r'value="[^"]*"', "", page.content.decode()) for page in (known, unknown)]
    assert found[0] == found[1]


def test_guessing_is_stopped(newcomer: Newcomer) -> None:
    for _ in range(5):
        assert "not correct" in newcomer.give_password("wrong")
    assert "Too many" in newcomer.give_password("wrong")
    assert "Too many" in newcomer.give_password(newcomer.once)
    assert "_auth_user_id" not in newcomer.browser.session


def test_guessing_codes_is_stopped_too(newcomer: Newcomer) -> None:
    secret, _ = newcomer.set_up()
    browser = Client()
    newcomer.give_password(OWN, browser)
    for _ in range(5):
        assert "Incorrect code" in browser.post(CODE, {"code": wrong_code(secret)}).content.decode()
    assert "Too many" in browser.post(CODE, {"code": code_of(secret)}).content.decode()


def test_whoever_lost_password_or_app_begins_anew(newcomer: Newcomer) -> None:
    secret, codes = newcomer.set_up()
    assert newcomer.browser.get("/").status_code == 200
    once = begin_anew(newcomer.user, acting=TESTS, at=timezone.now())
    assert newcomer.browser.get("/").headers["Location"].startswith(SIGN_IN)
    other = Client()
    assert "not correct" in newcomer.give_password(OWN, other)
    assert newcomer.give_password(once, other) == "/"
    assert other.get("/").headers["Location"] == PASSWORD
    assert not Authenticator.objects.exists()
    assert "user:sign_in_reset" in events()


def test_signing_out_ends_the_session_and_is_on_record(newcomer: Newcomer) -> None:
    newcomer.set_up()
    assert newcomer.browser.get("/account/sign-out/").status_code == 200
    assert newcomer.browser.get("/").status_code == 200
    newcomer.browser.post("/account/sign-out/")
    assert newcomer.browser.get("/").status_code == 302
    assert "user:signed_out" in events()


def test_the_second_factor_cannot_be_taken_off(newcomer: Newcomer) -> None:
    newcomer.set_up()
    newcomer.browser.post(reverse("mfa_deactivate_totp"))
    newcomer.browser.post(FACTOR)
    assert Authenticator.objects.filter(type="totp").count() == 1


def test_new_recovery_codes_want_the_password_once_more_after_a_while(newcomer: Newcomer) -> None:
    newcomer.set_up()
    browser, where = newcomer.browser, "/account/recovery-codes/new/"
    assert browser.get(where).status_code == 200
    session = browser.session
    session["comity_proved_at"] = time.time() - 3600
    session.save()
    assert browser.get(where).headers["Location"].startswith("/account/confirm/")
    browser.post(f"/account/confirm/?next={where}", {"password": OWN})
    assert browser.get(where).status_code == 200


def test_there_is_no_sign_up_and_no_password_reset() -> None:
    for path in ("/account/signup/", "/account/sign-up/", "/account/password/reset/", "/account/email/"):
        assert Client().get(path).status_code == 404


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(newcomer: Newcomer) -> None:
    newcomer.give_password(newcomer.once)
    cookie = newcomer.browser.cookies["comity_gd_session"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
