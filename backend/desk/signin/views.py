"""The page of one's own account."""

from allauth.mfa.models import Authenticator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe


@require_safe
def own_account(request: HttpRequest) -> HttpResponse:
    """Who one is here, in which roles, and what of one's sign-in can be changed."""
    codes = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.RECOVERY_CODES).first()
    appointments = request.user.appointments_at(timezone.now()).select_related("authority").order_by("role")
    left = len(codes.wrap().get_unused_codes()) if codes else 0
    return render(request, "account/own.html", {"appointments": appointments, "codes_left": left})
