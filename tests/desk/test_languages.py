"""The pages in the language that a person chose, else in that of the browser; catalogues that are whole."""

import re
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.test import Client

from tests.desk.sentences import sentences

LOCALE = Path(settings.LOCALE_PATHS[0])
SIGN_IN = "/account/sign-in/"
PLACES = re.compile(r"%\([a-z_]+\)[sd]|%[sd]|\{[a-z_]*\}")
pytestmark = pytest.mark.django_db


def heading(client: Client, **headers: str) -> str:
    page = client.get(SIGN_IN, headers=headers).content.decode()
    return re.sub(r"\s+", " ", page[page.index("<html") : page.index(">", page.index("<html"))])


@pytest.mark.parametrize("language", ["en", "es", "fr", "nl"])
def test_the_browsers_language_is_taken_where_it_is_one_of_ours(client: Client, language: str) -> None:
    assert f'lang="{language}"' in heading(client, **{"accept-language": f"{language}-XX,en;q=0.5"})


def test_another_language_gets_english(client: Client) -> None:
    assert 'lang="en"' in heading(client, **{"accept-language": "pt-BR"})
    assert 'lang="en"' in heading(client)


def test_a_chosen_language_stays_without_being_signed_in_and_leads_back(client: Client) -> None:
    answer = client.post("/language/", {"language": "es", "next": SIGN_IN})
    assert (answer.status_code, answer["location"]) == (302, SIGN_IN)
    assert client.cookies["comity_language"]["httponly"]
    page = client.get(SIGN_IN, headers={"accept-language": "nl"}).content.decode()
    assert '<html lang="es">' in page
    # Each language by its own name, so that whoever reads no other finds it.
    assert all(name in page for name in (">English<", ">español<", ">français<", ">Nederlands<"))
    assert "Iniciar sesión" in page


@pytest.mark.parametrize("to", ["https://elsewhere.example/", "//elsewhere.example/"])
def test_the_choice_leads_to_no_other_site(client: Client, to: str) -> None:
    assert "elsewhere" not in client.post("/language/", {"language": "es", "next": to})["location"]


def test_a_language_that_is_none_of_ours_changes_nothing(client: Client) -> None:
    client.post("/language/", {"language": "../../etc", "next": SIGN_IN})
    assert 'lang="en"' in heading(client)


@pytest.mark.parametrize("language", ["es", "fr", "nl"])
def test_every_sentence_is_translated_with_the_same_places(language: str) -> None:
    catalogue = polib.pofile(str(LOCALE / language / "LC_MESSAGES" / "django.po"))
    assert [entry.msgid for entry in catalogue.untranslated_entries()] == []
    assert [entry.msgid for entry in catalogue.fuzzy_entries()] == []
    for entry in catalogue:
        texts = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
        for text in texts:
            expected = set(PLACES.findall(entry.msgid)) | set(PLACES.findall(entry.msgid_plural))
            assert set(PLACES.findall(text)) <= expected, entry.msgid
            assert entry.msgid_plural or set(PLACES.findall(text)) == expected, entry.msgid


def test_the_catalogues_have_the_same_sentences() -> None:
    ids = [
        {(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(path))}
        for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po"))
    ]
    assert len(ids) == 4
    assert ids[0] == ids[1] == ids[2] == ids[3]


@pytest.mark.long
def test_the_catalogues_have_every_sentence_of_templates_and_code_and_no_other() -> None:
    catalogue = polib.pofile(str(LOCALE / "es" / "LC_MESSAGES" / "django.po"))
    known = {entry.msgid for entry in catalogue} | {entry.msgid_plural for entry in catalogue if entry.msgid_plural}
    assert sentences() - known == set()
    assert known - sentences() == set()
