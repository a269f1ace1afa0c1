"""What the laws of classification are tried on: narratives, sentences that say nothing of an offence, answers."""

from functools import cache, lru_cache
from itertools import islice

from hypothesis import strategies as st

from backend.conventions.catalogue import shipped
from backend.conventions.classification import Classification, classify
from learning.reports import reports

# Written for these tests, one of each language and several offences each.
NARRATIVES = (
    "The mailbox of the bookkeeper was hacked on Friday. A forged invoice with another account number was sent to a "
    "client, who was deceived by it and paid $48,000.",
    "All files on the server were encrypted. A note demands 2 bitcoin or the data will be published.",
    "A man asked a girl of 13 on Instagram for nude photos and proposed to meet.",
    "A DDoS attack took the website of the port offline for nine hours.",
    "Entraron sin autorización en la cuenta de correo de la contadora. Cifraron los archivos y exigen un rescate en "
    "bitcoin.",
    "Le compte de messagerie de la société a été piraté sans autorisation depuis l'étranger et les courriels sont lus.",
    "De bestanden op de server zijn versleuteld en er wordt losgeld geëist.",
)
# Nothing of any offence, of permission, of accident or of denial is said in them.
IRRELEVANT = (
    "It rained on that day.",
    "The officer on duty wrote this down at the front desk.",
    "The complainant lives near the harbour and works at the market.",
    "El oficial de guardia tomó nota en la mañana.",
    "L'agent de service a pris note le matin.",
    "De dienstdoende agent heeft dit genoteerd.",
    "The weather was 31 degrees 🌞.",
)
answers = st.dictionaries(
    st.sampled_from(tuple(shipped().facts)), st.sampled_from(["yes", "no", "unknown"]), max_size=12
)


@cache
def found_reports() -> tuple[str, ...]:
    """Reports as they come: two dozen of those written to learn from, in which something is found."""
    texts = (report.text for report in reports("working")[::40] if len(report.text.split()) > 80)
    return tuple(islice((text for text in texts if classify(text).codes), 24))


@lru_cache(maxsize=64)
def classified(narrative: str) -> Classification:
    return classify(narrative)
