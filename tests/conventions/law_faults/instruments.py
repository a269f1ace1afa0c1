"""Faults in the file of an instrument."""

from tests.conventions.law_faults.edits import Edit

EDITS: list[Edit] = [
    (
        "a convention that is none",
        "instruments/budapest-p1.yaml",
        lambda d: d.update(parent="bucharest"),
        "no instrument 'bucharest'",
    ),
    (
        "a protocol to a protocol",
        "instruments/medellin.yaml",
        lambda d: d.update(parent="budapest-p1"),
        "'budapest-p1' is itself the protocol",
    ),
    (
        "a hook for a measure that is none",
        "instruments/untoc.yaml",
        lambda d: next(row for row in d["cooperation"] if "hook_for" in row["limits"])["limits"].update(
            hook_for=["ear"]
        ),
        "no measure 'ear'",
    ),
    (
        "a content of a request that no field covers, though nobody must give it",
        "instruments/caricom-mlat.yaml",
        lambda d: d["request_contents"][3].update(field="deadline"),
        "covers 'deadline'",
    ),
    (
        "a central authority of a State that has no part in the treaty",
        "instruments/us-jm-mlat.yaml",
        lambda d: d["central_authorities"][0].update(state="fr"),
        "'fr' has no row for this instrument",
    ),
    (
        "an instrument under another name",
        "instruments/comjib-cyber.yaml",
        lambda d: d.update(id="comjib"),
        "is 'comjib' and has to equal",
    ),
    (
        "an article on an offence that is none",
        "instruments/hipcar.yaml",
        lambda d: d["offences"][0].update(offence="telepathy"),
        "no offence 'telepathy'",
    ),
    (
        "an element that stands twice",
        "instruments/commonwealth-model-law.yaml",
        lambda d: (elements := next(row for row in d["offences"] if row["elements"])["elements"]).append(elements[0]),
        "the element '",
    ),
]
