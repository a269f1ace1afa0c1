"""The directory: nodes with the words by which two people compare their keys, authorities and contact points."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from backend.conventions.catalogue import shipped
from backend.directory.models import Authority, Node
from crypto.keys import VerifyingKey, fingerprint_words
from referral import access
from referral.views.requests import user_of


@dataclass(frozen=True)
class ShownNode:
    """A node of this directory."""

    node: Node
    state: str
    words: str
    authorities: tuple[Authority, ...]
    ended: bool


@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """Every node known here, this one first."""
    at = timezone.now()
    access.require(user_of(request), access.Action.SEE_DIRECTORY, at=at)
    nodes = Node.objects.prefetch_related("authorities__contact_points").order_by("-own", "id")
    shown = [_shown(node, at) for node in nodes]
    exercise = any(authority.exercise for node in shown for authority in node.authorities)
    return render(request, "directory.html", {"nodes": shown, "exercise": exercise})


def _shown(node: Node, at: datetime) -> ShownNode:
    words = fingerprint_words(VerifyingKey.parse(node.identity_key).fingerprint)
    known = node.state in shipped().state_codes
    name = shipped().state(node.state).name.en if known else node.state.upper()
    return ShownNode(node, name, words, tuple(node.authorities.all()), node.valid_until <= at)
