"""Faults in the lists of the region: measures, fields of letters, facts, risks, concepts, national elements, areas."""

from tests.conventions.law_faults.edits import Edit

EDITS: list[Edit] = [
    (
        "a field that covers what nobody asks for",
        "letter-fields.yaml",
        lambda d: d["fields"][0]["covers"].append("horoscope"),
        "no content of a request 'horoscope'",
    ),
    (
        "a power that no State can have",
        "measures.yaml",
        lambda d: next(m for m in d["measures"] if m.get("domestic_power")).update(domestic_power=["bewitch"]),
        "no power of domestic law 'bewitch'",
    ),
    (
        "a known answer about an offence that is none",
        "concepts.yaml",
        lambda d: d["tests"][1].update(offence="sorcery"),
        "no offence 'sorcery'",
    ),
    (
        "national elements of a State that is none",
        "state-elements.yaml",
        lambda d: d["offences"][2].update(state="yy"),
        "no State 'yy'",
    ),
    (
        "national elements of an offence that is none",
        "state-elements.yaml",
        lambda d: d["offences"][3].update(offence="alchemy"),
        "no offence 'alchemy'",
    ),
    (
        "a measure that is wider than itself",
        "measures.yaml",
        lambda d: d["measures"][0].update(parent=d["measures"][0]["id"]),
        "the parents run in a circle",
    ),
    (
        "a measure without inheritance that is none",
        "measures.yaml",
        lambda d: d["no_inheritance"].append("levitation"),
        "no measure 'levitation'",
    ),
    (
        "a field in a section that is none",
        "letter-fields.yaml",
        lambda d: d["fields"][1].update(section="margin"),
        "no section 'margin'",
    ),
    (
        "a field in a template that is none",
        "letter-fields.yaml",
        lambda d: d["fields"][1].update(seen_in=["papyrus-roll"]),
        "no template 'papyrus-roll'",
    ),
    (
        "a field that an instrument asks for that is none",
        "letter-fields.yaml",
        lambda d: d["fields"][1].update(treaty_refs=["kadesh Art. 1"]),
        "no instrument 'kadesh'",
    ),
    (
        "a question after one that is none",
        "facts.yaml",
        lambda d: d["facts"][0].update(ask_when={"any": [{"fact": "guess", "is": "yes"}]}),
        "no fact 'guess'",
    ),
    (
        "a question on an offence that is none",
        "facts.yaml",
        lambda d: d["facts"][1].update(ask_when={"open": ["heresy"]}),
        "no offence 'heresy'",
    ),
    (
        "an answer that cannot be with one that is none",
        "facts.yaml",
        lambda d: d["cannot_both"][0]["others"].append({"fact": "hunch", "is": "no"}),
        "no fact 'hunch'",
    ),
    (
        "a risk of a measure that is none",
        "refusal-risks.yaml",
        lambda d: d["rules"][2].update(applies_to=["torture"]),
        "no measure 'torture'",
    ),
    (
        "a risk that names an instrument that is none",
        "refusal-risks.yaml",
        lambda d: d["rules"][2]["why"].update(refs=[{"instrument": "lateran", "ref": "Art. 1"}]),
        "no instrument 'lateran'",
    ),
    (
        "areas of a State that has no file",
        "cyberlaw-areas.yaml",
        lambda d: d["states"].update({"yz": d["states"]["gd"]}),
        "stands here or among the files of States",
    ),
    (
        "a treaty floor of an instrument that is none",
        "cyberlaw-areas.yaml",
        lambda d: d["treaty_floor"][0].update(instrument="tilsit"),
        "no instrument 'tilsit'",
    ),
    (
        "a view of an offence that is none",
        "harmonisation.yaml",
        lambda d: d["codes"].update({"duelling": d["codes"]["csam"]}),
        "stands here or among the offences",
    ),
    (
        "a risk that looks at no field",
        "refusal-risks.yaml",
        lambda d: d["rules"][0].update(looks_at=["tea-leaves"]),
        "no field of a letter 'tea-leaves'",
    ),
    (
        "a risk that names an article that is none",
        "refusal-risks.yaml",
        lambda d: d["rules"][1]["why"].update(refs=[{"instrument": "budapest", "ref": "Art. 999"}]),
        "budapest has no row 'Art. 999'",
    ),
    (
        "national elements without their provision",
        "state-elements.yaml",
        lambda d: d["offences"][0].update(ref="s. 300"),
        "the file of the State has no such row for 'illegal-access'",
    ),
    (
        "a provision without its national elements",
        "state-elements.yaml",
        lambda d: d["offences"].remove(
            next(row for row in d["offences"] if (row["state"], row["ref"]) == ("bb", "s. 13"))
        ),
        "no row for bb s. 13 (csam)",
    ),
    (
        "national elements that are no longer new",
        "state-elements.yaml",
        lambda d: d["offences"][1].update(new=True),
        "is marked new",
    ),
    (
        "a national element that is no concept",
        "state-elements.yaml",
        lambda d: next(row for row in d["offences"] if row["elements"])["elements"][0].update(concept="aether"),
        "no concept 'aether'",
    ),
    (
        "how much was read of a State that is none",
        "state-elements.yaml",
        lambda d: d["coverage"][0].update(state="xx"),
        "no State 'xx'",
    ),
    (
        "a concept mapped for an offence that is none",
        "concepts.yaml",
        lambda d: d["facts_mapping"][0].update(offence="witchcraft"),
        "no offence 'witchcraft'",
    ),
    (
        "an element that its article has not",
        "concepts.yaml",
        lambda d: d["mapping"].append(d["mapping"][0] | {"element": "phlogiston"}),
        "has no element 'phlogiston'",
    ),
    (
        "a known answer about a State that is none",
        "concepts.yaml",
        lambda d: d["tests"][0].update(requested="qq"),
        "no State 'qq'",
    ),
]
