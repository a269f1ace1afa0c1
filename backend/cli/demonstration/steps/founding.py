"""Two nodes, the people of their offices, the cards they pin and the device of a unit."""

from backend.cli.demonstration.country import StepFailed
from backend.cli.demonstration.story import Story, card, contains


def start(story: Story) -> str:
    """Both nodes up."""
    for country in (story.gd, story.cr):
        country.node.wait_until_ready()
    return f"Grenada {story.gd.node.edge_url}, Costa Rica {story.cr.node.edge_url}; own clusters, keyrings, processes"


def appoint(story: Story) -> str:
    """Exercise authorities, people in their roles, a named role that confirms the entries."""
    offices = (
        (story.gd, "gd-24-7", "24-7", "24/7 Point of Contact (exercise), Royal Grenada Police Force"),
        (story.gd, "gd-central", "central", "Central Authority (exercise), Attorney General's Chambers"),
        (story.cr, "cr-24-7", "24-7", "Punto de contacto 24/7 (ejercicio), Costa Rica"),
        (story.cr, "cr-central", "central", "Autoridad central (ejercicio), OATRI, Ministerio Público"),
    )
    for country in (story.gd, story.cr):
        country.begin(
            [
                ("keys", "authority", authority, "--kind", kind, "--title", title, "--exercise")
                for own, authority, kind, title in offices
                if own is country
            ]
        )
    for country in (story.gd, story.cr):
        country.finish()
    story.gd.act(
        "people",
        names=[
            ["d.duty", "Dorian Testduty", "duty"],
            ["p.prosecutor", "Petra Testprosecutor", "prosecutor"],
            ["a.approver", "Alban Testapprover", "approver"],
            ["s.signer", "Sabine Testsigner", "signer"],
            ["m.admin", "Mona Testadmin", "administrator"],
        ],
    )
    story.cr.act(
        "people",
        names=[
            ["g.guardia", "Gabriel Guardia Prueba", "duty"],
            ["r.registro", "Rosa Registro Prueba", "registrar"],
            ["a.admin", "Alicia Admin Prueba", "administrator"],
        ],
    )
    return "4 exercise authorities with certificates, 8 fictional people, each in one role"


def exchange_cards(story: Story) -> str:
    """Key cards as files, fingerprint words compared, confirmed; then the directory's exercise entries."""
    pairs = ((story.gd, story.cr, "m.admin"), (story.cr, story.gd, "a.admin"))
    for country, _, _ in pairs:
        country.begin([("card", "export", "--out", str(card(story, country)))])
    for country, _, _ in pairs:
        country.finish()
    for country, other, by in pairs:
        imported = ("card", "import", str(card(story, other)))
        country.begin([imported, ("card", "confirm", other.state, "--by", by)])
    for country, other, _ in pairs:
        story.found[f"words-{other.state}"] = country.finish()[0].strip().splitlines()[-1]
    confirmed = story.gd.act("confirm_authorities", by="m.admin", source="exercise plan, seen by the administrator")
    story.cr.act("confirm_authorities", by="a.admin", source="plan de ejercicio, visto por la administradora")
    contains(len(confirmed["titles"]), 4, "authorities in Grenada's directory")
    return f"cards pinned; Costa Rica's words: {story.found['words-cr']}; 4 EXERCISE entries confirmed by m.admin"


def enrol(story: Story) -> str:
    """A device of a unit: code, proof, words, confirmation."""
    story.gd.comity("device", "add-unit", "Cybercrime Unit (exercise)")
    code = story.gd.comity("device", "invite", "--unit", "Cybercrime Unit (exercise)").strip()
    key = story.folder / "device.pem"
    said = story.gd.comity(
        *("device", "enrol", "--edge", story.gd.node.edge_url, "--code", code),
        *("--trust", str(card(story, story.gd)), "--out", str(key), "--label", "exercise desk 1"),
    )
    words = said.strip().splitlines()[-1]
    _until_listed(story, words)
    story.gd.comity("device", "confirm", words, "--by", "m.admin")
    return f"the code never travelled; the administrator compared {words}"


def _until_listed(story: Story, words: str) -> None:
    for _ in range(30):
        if words in story.gd.comity("device", "list"):
            return
    raise StepFailed("gd: the enrolment request was not checked")
