"""What says that something did not work, to people and programs. It shows nothing of the request, looks nothing up."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.translation import gettext as _

from backend.desk.api import problems


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400."""
    if problems.is_api(request):
        return problems.answer(problems.UNREADABLE)
    text = _("The request could not be read. Go back, load the page again and try once more.")
    return _answer(request, HTTPStatus.BAD_REQUEST, _("This was not understood"), text)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    if problems.is_api(request):
        return problems.answer(problems.NOT_FOUND)
    return _answer(request, HTTPStatus.FORBIDDEN, _("This is not open to you"), _("Go back to the start page."))


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 where the form's token does not fit the session (CSRF)."""
    if problems.is_api(request):
        return problems.answer(problems.STALE_TOKEN)
    text = _("The form was open for too long, or came from elsewhere. Nothing was done; load the page and try again.")
    return _answer(request, HTTPStatus.FORBIDDEN, _("This form is no longer valid"), text)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: what does not exist, and what is not for this person."""
    if problems.is_api(request):
        return problems.answer(problems.NOT_FOUND)
    text = _("There is no such page, or it is not open to you.")
    return _answer(request, HTTPStatus.NOT_FOUND, _("Not found"), text)


def failed(request: HttpRequest) -> HttpResponse:
    """500: rendered without context processors, one of which may be what failed."""
    if problems.is_api(request):
        return problems.answer(problems.FAILED)
    context = {
        "heading": _("Something went wrong here"),
        "text": _("Nothing that you entered was kept. The administrator finds the reason in the desk's log."),
        "status": HTTPStatus.INTERNAL_SERVER_ERROR.value,
        "bare": True,
    }
    return HttpResponse(get_template("error.html").render(context), status=HTTPStatus.INTERNAL_SERVER_ERROR)


def _answer(request: HttpRequest, status: HTTPStatus, heading: Any, text: Any) -> HttpResponse:
    context = {"heading": heading, "text": text, "status": status.value}
    return render(request, "error.html", context, status=status)
