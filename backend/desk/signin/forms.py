"""The forms of sign-in, in our words."""

from typing import Any

from allauth.account.forms import ChangePasswordForm, LoginForm, ReauthenticateForm
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as ReauthenticateByCodeForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.utils.translation import gettext_lazy as _


def _plain(field: forms.Field, label: Any, help_text: Any = "") -> None:
    """Label and hint above the field: a placeholder vanishes when one starts to type."""
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)


def _code(field: forms.Field, label: Any, help_text: Any = "") -> None:
    _plain(field, label, help_text)
    field.widget.attrs.update({"autocomplete": "one-time-code", "spellcheck": "false", "class": "short"})


class SignIn(LoginForm):
    """User name and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["login"], _("User name"))
        _plain(self.fields["password"], _("Password"))
        self.fields["login"].widget.attrs.update({"autocapitalize": "none", "spellcheck": "false"})


class ChangePassword(ChangePasswordForm):
    """The new password must be another one: the one-time password has been in other hands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["oldpassword"], _("Current password"))
        _plain(
            self.fields["password1"],
            _("New password"),
            _("At least 12 characters, not a common password, and nothing like your name."),
        )
        _plain(self.fields["password2"], _("New password, once more"))

    def clean(self) -> dict[str, Any]:
        """Refuses the current password as the new one."""
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("password1") and cleaned.get("password1") == cleaned.get("oldpassword"):
            self.add_error("password1", _("The new password is the current one; choose another."))
        return cleaned


class GiveCode(AuthenticateForm):
    """A code of the authenticator app, or a recovery code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self.fields["code"], _("Code"), _("The six digits of your authenticator app, or a recovery code."))


class SetUpFactor(ActivateTOTPForm):
    """The first code of a new authenticator app proves that it has the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self.fields["code"], _("Code shown by the app"), _("Six digits; a new code appears every 30 seconds."))
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class ConfirmPassword(ReauthenticateForm):
    """The password once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _plain(self.fields["password"], _("Password"))


class ConfirmCode(ReauthenticateByCodeForm):
    """A code once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _code(self.fields["code"], _("Code"), _("The six digits of your authenticator app, or a recovery code."))
