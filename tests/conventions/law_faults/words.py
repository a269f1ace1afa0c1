"""One slip of the pen of each kind."""

# What it is, in which file, the text that is replaced, by what, and the words of the finding.
FAULTS = [
    ("a treaty row without an instrument", "states/gd.yaml", "instrument: untoc", "instrument: untok", "'untok'"),
    ("a measure that is not in the tree", "instruments/untoc.yaml", "measure: records", "measure: paper", "'paper'"),
    ("an offence that is not in the list", "states/gd.yaml", "offence: spam", "offence: junk", "'junk'"),
    ("a gate for a State that is none", "states/tt.yaml", "    - ca\n", "    - zz\n", "'zz'"),
    ("a bilateral row without its mirror", "states/gd.yaml", "- with: us", "- with: fr", "no row that mirrors it"),
    ("an element that no list has", "facts.yaml", "element: ict-system", "element: toaster", "'toaster'"),
    ("a concept that is none", "concepts.yaml", "broader: [act-on-data]", "broader: [act-on-date]", "'act-on-date'"),
    ("an element without a concept", "concepts.yaml", "element: rx-material, c", "element: rx, c", "'rx-material'"),
    ("a cue for an element that is none", "engine/cues/es.yaml", "    interception:", "    hearing:", "'hearing'"),
    ("a cue that is badly written", "engine/cues/fr.yaml", '"intercept*"', '".. intercept*"', "begins and ends"),
    ("a parent that is no measure", "measures.yaml", "parent: stored-data", "parent: data-stored", "'data-stored'"),
    ("a template that is none", "engine/letter-templates.yaml", "tcy-31", "tcy-32", "'tcy-32'"),
    ("in force before it was signed", "states/gd.yaml", "'2002-02-15'", "'1992-02-15'", "before signed"),
    ("a mandatory content that no field covers", "letter-fields.yaml", "- necessity\n      - j", "- j", "'necessity'"),
]
