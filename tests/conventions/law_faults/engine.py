"""Faults in the project's own rules."""

from tests.conventions.law_faults.edits import Edit

EDITS: list[Edit] = [
    (
        "a test of a risk on a field that is none",
        "engine/risk-tests.yaml",
        lambda d: d["tests"]["nexus-missing"][0].update(fields=["star-sign"]),
        "no field of a letter 'star-sign'",
    ),
    (
        "a test of a risk that is none",
        "engine/risk-tests.yaml",
        lambda d: d["tests"].update({"full-moon": d["tests"]["nexus-missing"]}),
        "no such rule",
    ),
    (
        "a test of a risk under an instrument that is none",
        "engine/risk-tests.yaml",
        lambda d: d["tests"]["one-year-threshold-not-met"][0]["when"].update(basis=["magna-carta"]),
        "no instrument 'magna-carta'",
    ),
    (
        "a ground of refusal that no instrument has",
        "engine/basis.yaml",
        lambda d: d["likely"].update({"bad-weather": ["gate-open"]}),
        "no ground of refusal 'bad-weather'",
    ),
    (
        "a letter that follows what is no measure",
        "engine/basis.yaml",
        lambda d: d["follows"].update({"preservation": "applause"}),
        "no measure 'applause'",
    ),
    (
        "an offence without a rule of classification",
        "engine/classification.yaml",
        lambda d: d["offences"].pop("spam"),
        "no rule for 'spam'",
    ),
    (
        "a rule of classification for an offence that is none",
        "engine/classification.yaml",
        lambda d: d["offences"].update({"voodoo": d["offences"]["csam"]}),
        "no offence 'voodoo'",
    ),
    (
        "a rule of classification on an element that is none",
        "engine/classification.yaml",
        lambda d: d["offences"]["csam"].update(shows=[["ether"]]),
        "no element 'ether'",
    ),
    (
        "cues under the name of another language",
        "engine/cues/nl.yaml",
        lambda d: d.update(language="fr"),
        "is 'fr' and has to equal",
    ),
    (
        "a template for a measure that is none",
        "engine/letter-templates.yaml",
        lambda d: d["by_measure"].update({"seance": next(iter(d["by_measure"].values()))}),
        "no measure 'seance'",
    ),
    (
        "a paper that no instrument asks for",
        "engine/basis.yaml",
        lambda d: d["documents"].append("papyrus"),
        "no content of a request 'papyrus'",
    ),
]
