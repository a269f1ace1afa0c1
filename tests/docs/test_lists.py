"""Lists of the documents against what they list: dependencies, terms, columns."""

import re
from importlib import metadata
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from backend.cli.node.home import CHECKOUT
from tests.docs.pages import rows, section

DOCS = CHECKOUT / "docs"
DEPENDENCIES = (DOCS / "decisions" / "dependencies.md").read_text()
ROOTS = ("backend", "crypto", "referral")
TABLES_OF_OTHERS = {"mfa_authenticator", "django_session"}


def words(cell: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", cell)


def inputs(name: str) -> set[str]:
    """The packages that an .in file names itself."""
    lines = (CHECKOUT / "requirements" / name).read_text().splitlines()
    return {re.match(r"[\w.-]+", line)[0] for line in lines if line and line[0] not in "#-"}


def listed(heading: str) -> dict[str, str]:
    """Package and licence of the table under a heading."""
    return {words(row[0])[0]: row[2] for row in rows(section(DEPENDENCIES, heading))}


def licence(package: str) -> str:
    """The licence that a package's metadata give, in the words of SPDX where it gives an older form."""
    found = metadata.metadata(package)
    said = found.get("License-Expression") or found.get("License") or ""
    of_classes = " ".join(one.rsplit("::", 1)[1] for one in found.get_all("Classifier") or [] if "License ::" in one)
    return f"{said} {of_classes}"


OLDER_FORMS = {
    "Apache-2.0": "Apache",
    "BSD-3-Clause": "BSD",
    "BSD-2-Clause": "BSD",
    "MIT": "MIT",
    "public domain": "Public Domain",
}


def test_every_direct_dependency_has_its_reason():
    assert set(listed("A node: `requirements/base.in`")) == inputs("base.in")
    assert set(listed("Tests: `requirements/test.in`")) == inputs("test.in")
    setup = listed("Set-up: `requirements/bootstrap.in`, `requirements/node.in`")
    assert set(setup) == inputs("bootstrap.in") | inputs("node.in")
    assert set(listed("Learning the wording: `requirements/learn.in`")) == inputs("learn.in")
    edge = section(DEPENDENCIES, "The edge's image: `requirements/edge.in`")
    assert set(words(edge)) == inputs("edge.in")
    assert inputs("edge.in") <= inputs("base.in")
    package = re.findall(r'"([\w-]+)": "\d', (CHECKOUT / "package.json").read_text())
    assert set(listed("Node.js: `package.json`")) == set(package)


def test_the_licences_are_those_of_the_packages():
    headings = ("A node: `requirements/base.in`", "Tests: `requirements/test.in`")
    for package, said in {name: text for heading in headings for name, text in listed(heading).items()}.items():
        given = licence(package)
        assert said in given or OLDER_FORMS.get(said, said) in given, f"{package}: {given}"


def code() -> str:
    """Every line of our Python."""
    return "\n".join(path.read_text() for root in ROOTS for path in Path(CHECKOUT / root).rglob("*.py"))


@pytest.mark.long
def test_the_glossarys_names_are_those_of_the_code():
    page = (DOCS / "glossary.md").read_text()
    text = code()
    reserved = [name for row in rows(section(page, "Reserved words")) for name in words(row[1])]
    used = [name for row in rows(page) for name in words(row[1]) if name not in reserved]
    assert len(used) > 50
    assert [name for name in used if not re.search(rf"\b{name}\b", text)] == []
    assert [name for name in reserved if re.search(rf"\b{name}\b", text)] == []


def shown() -> dict[str, tuple[set[str], set[str]]]:
    """Table -> columns in clear, encrypted columns, as the threat model has them."""
    page = (DOCS / "threat-model.md").read_text()
    return {
        words(row[0])[0]: (set(words(row[1])), set(words(row[2])))
        for row in rows(section(page, "What a database dump shows"))
    }


def tables() -> dict[str, type[models.Model]]:
    """The node's own tables, and those of sessions and second factors."""
    found = {model._meta.db_table: model for model in apps.get_models()}
    own = {table for table, model in found.items() if model.__module__.split(".")[0] in ROOTS}
    return {table: found[table] for table in own | TABLES_OF_OTHERS}


def test_the_threat_model_has_every_table():
    assert set(shown()) == set(tables())


@pytest.mark.parametrize("table", sorted(shown()))
def test_the_threat_model_has_every_column(table):
    clear, encrypted = shown()[table]
    fields = tables()[table]._meta.local_concrete_fields
    must = {field.column for field in fields if not field.is_relation and not field.primary_key}
    may = {field.column for field in fields}
    assert must <= clear | encrypted <= may
    assert not clear & encrypted
    assert {column for column in must if column.endswith("_ct")} <= encrypted
    assert {column for column in encrypted if not column.endswith("_ct")} <= {
        "sealed",
        "wrapped",
        "wrapped_code",
        "data",
    }
