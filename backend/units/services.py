"""Enrolment of a unit's devices: a code handed over, a device that proves it knows it, a person who confirms."""

import base64
import hmac
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from backend.audit import recording
from backend.audit.events import Event
from backend.audit.subjects import Acting, System
from backend.units.enrolment import enrolment_mac
from backend.units.models import Device, EnrolmentInvitation, EnrolmentRequest, Unit
from crypto.errors import CannotOpen, CryptoError
from crypto.keys import VerifyingKey

CODE_VALID = timedelta(days=3)
MakeCode = Callable[[uuid.UUID], tuple[bytes, bytes]]
OpenCode = Callable[[uuid.UUID, bytes], bytes]


class NotConfirmable(Exception):
    """The enrolment request is not waiting for a confirmation."""


def add_unit(name: str, state: str, *, acting: Acting, at: datetime) -> Unit:
    """Register a police unit."""
    with transaction.atomic():
        unit = Unit.objects.create(name=name, state=state, made_at=at)
        recording.record(Event.UNIT_ADDED, unit, acting=acting, at=at)
    return unit


def invite(unit: Unit, *, make_code: MakeCode, acting: Acting, at: datetime) -> tuple[EnrolmentInvitation, str]:
    """A one-time code for one device of ``unit``, valid for three days; the code is shown once and stored wrapped."""
    invitation = EnrolmentInvitation(unit=unit, made_at=at, made_by=acting.audit_id, expires_at=at + CODE_VALID)
    secret, invitation.wrapped_code = make_code(invitation.id)
    with transaction.atomic():
        invitation.save(force_insert=True)
        recording.record(Event.DEVICE_INVITED, invitation, acting=acting, at=at, detail={"unit": str(unit.id)})
    return invitation, f"{invitation.id}.{base64.b32encode(secret).decode('ascii').rstrip('=').lower()}"


def check_requests(*, open_code: OpenCode, at: datetime, most: int = 100) -> int:
    """Check the waiting enrolment requests, oldest first; how many were checked."""
    with transaction.atomic():
        waiting = list(
            EnrolmentRequest.objects.select_for_update(skip_locked=True)
            .filter(stage=EnrolmentRequest.Stage.RECEIVED)
            .order_by("received_at")[:most]
        )
        for request in waiting:
            _check(request, open_code=open_code, at=at)
    return len(waiting)


def _check(request: EnrolmentRequest, *, open_code: OpenCode, at: datetime) -> None:
    invitation = EnrolmentInvitation.objects.select_for_update().filter(id=request.invitation_id).first()
    reason = _why_refused(request, invitation, open_code=open_code, at=at)
    if reason or invitation is None:
        request.stage, request.reason = EnrolmentRequest.Stage.REFUSED, reason
    else:
        request.stage = EnrolmentRequest.Stage.CHECKED
        invitation.used_at = at
        invitation.save(update_fields=["used_at"])
    request.save(update_fields=["stage", "reason"])
    event = Event.ENROLMENT_REFUSED if reason else Event.ENROLMENT_CHECKED
    recording.record(event, request, acting=System("worker"), at=at, detail={"reason": reason})


def _why_refused(
    request: EnrolmentRequest, invitation: EnrolmentInvitation | None, *, open_code: OpenCode, at: datetime
) -> str:
    if invitation is None:
        return "no such invitation"
    if invitation.used_at is not None:
        return "the code was used before"
    if invitation.expires_at <= request.received_at:
        return "the code had expired"
    try:
        fingerprint = VerifyingKey.parse(request.public_key).fingerprint
    except CryptoError:
        return "not a public key"
    if Device.objects.filter(fingerprint=fingerprint).exists():
        return "the key is enrolled already"
    try:
        secret = open_code(invitation.id, bytes(invitation.wrapped_code))
    except CannotOpen:
        return "the invitation is damaged"
    expected = enrolment_mac(secret, invitation.id, request.public_key)
    return "" if hmac.compare_digest(expected, bytes(request.mac)) else "the device does not know the code"


def confirm(request: EnrolmentRequest, *, acting: Acting, at: datetime) -> Device:
    """The administrator compared the device's fingerprint words: its reports are received from now on."""
    with transaction.atomic():
        request = EnrolmentRequest.objects.select_for_update().get(pk=request.pk)
        if request.stage != EnrolmentRequest.Stage.CHECKED:
            raise NotConfirmable(
                f"The enrolment request is {request.stage}; only a checked one can be confirmed: invite it again."
            )
        invitation = EnrolmentInvitation.objects.get(pk=request.invitation_id)
        device = Device.objects.create(
            unit=invitation.unit,
            request=request,
            label=request.label,
            public_key=request.public_key,
            fingerprint=VerifyingKey.parse(request.public_key).fingerprint,
            enrolled_at=at,
            enrolled_by=acting.audit_id,
        )
        request.stage = EnrolmentRequest.Stage.CONFIRMED
        request.save(update_fields=["stage"])
        recording.record(Event.DEVICE_ENROLLED, device, acting=acting, at=at, detail={"unit": str(invitation.unit_id)})
    return device


def revoke(device: Device, *, acting: Acting, at: datetime) -> None:
    """What this device sends from now on is set aside: a person looks at what it sealed before, the rest stays shut."""
    with transaction.atomic():
        device = Device.objects.select_for_update().get(pk=device.pk)
        if device.revoked_at is not None:
            return
        device.revoked_at = at
        device.save(update_fields=["revoked_at"])
        recording.record(Event.DEVICE_REVOKED, device, acting=acting, at=at)
