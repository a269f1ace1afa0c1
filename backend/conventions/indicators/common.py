"""Sites that everybody uses: their bare name says where, not who, and is not indexed."""

from backend.conventions.catalogue import shipped


def is_common(kind: str, value: str) -> bool:
    """Whether a normalised indicator is the bare name, or the front page, of a site that everybody uses."""
    if kind not in ("domain", "url"):
        return False
    host, _, rest = value.rpartition("://")[2].partition("/")
    return not rest.strip("/") and host.lower().removeprefix("www.") in shipped().indicator_words.common_domains
