"""Rows that say two things of the same matter on the same day."""

from tests.conventions.law_faults.edits import Edit, row_of

EDITS: list[Edit] = [
    (
        "two powers on the same day",
        "states/gb.yaml",
        lambda d: d["domestic_powers"].append(d["domestic_powers"][0] | {"days": 3}),
        "two rows on produce",
    ),
    (
        "two entries of one office on the same day",
        "states/gb.yaml",
        lambda d: d["authorities"].append(dict(d["authorities"][0])),
        "two rows on UK Central Authority, Home Office",
    ),
    (
        "two Orders of one day",
        "states/tt.yaml",
        lambda d: (orders := next(gate for gate in d["gates"] if gate["orders"])["orders"]).append(dict(orders[-1])),
        "two rows on LN ",
    ),
    (
        "two rows on one content on the same day",
        "instruments/harare.yaml",
        lambda d: d["request_contents"].append(dict(d["request_contents"][0])),
        "central-authority-certificate hold on the same day",
    ),
    (
        "two rows on one ground on the same day",
        "instruments/harare.yaml",
        lambda d: d["refusal_grounds"].append(dict(d["refusal_grounds"][0])),
        "no-dual-criminality hold on the same day",
    ),
    (
        "two rows on one treaty on the same day",
        "states/gt.yaml",
        lambda d: d["treaties"].append(row_of(d, "untoc") | {"valid_from": "2020-01-01"}),
        "two rows on untoc hold on the same day",
    ),
    (
        "two bilateral rows on the same day",
        "states/dm.yaml",
        lambda d: d["bilateral"].append(dict(d["bilateral"][0])),
        "two rows on us, us-dm-mlat hold",
    ),
    (
        "two rows on one gate on the same day",
        "states/bb.yaml",
        lambda d: d["gates"].append(d["gates"][0] | {"valid_from": "2021-01-01"}),
        "two rows on Cap. 140A, Part II, ss. 6-16, outgoing, commonwealth hold on the same day",
    ),
    (
        "two rows on one provision on the same day",
        "states/bb.yaml",
        lambda d: d["cybercrime_statute"]["offences"].append(
            d["cybercrime_statute"]["offences"][0] | {"valid_from": "2021-01-01", "max_years": 7}
        ),
        "two rows on s. 4, illegal-access hold on the same day",
    ),
    (
        "two wordings of the statute on the same day",
        "states/bb.yaml",
        lambda d: d.update(mla_statute_earlier=[dict(d["mla_statute"])]),
        "two rows on the statute hold on the same day",
    ),
    (
        "two wordings of a rule on the same day",
        "instruments/untoc.yaml",
        lambda d: d.update(rules_earlier={"scope": [d["rules"]["scope"] | {"valid_until": "2010-01-01"}]}),
        "two rows on scope hold on the same day",
    ),
    (
        "two rows on one measure on the same day",
        "instruments/budapest.yaml",
        lambda d: d["cooperation"].append(dict(d["cooperation"][0])),
        "two rows on Art. 24, extradition, Extradition hold",
    ),
    (
        "two rows of national elements on the same day",
        "state-elements.yaml",
        lambda d: d["offences"].append(dict(d["offences"][4])),
        "two rows on ag, s. 4, cyber-harassment hold on the same day",
    ),
]
