"""The addresses of sign-in: allauth's views for those acts that we have, under the names by which allauth finds them.

Sign-up, password reset and e-mail addresses have none.
"""

from allauth.account import views as account
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from django.urls import path

from backend.desk.signin.views import own_account

urlpatterns = [
    path("sign-in/", account.login, name="account_login"),
    path("sign-in/code/", factor.authenticate, name="mfa_authenticate"),
    path("sign-out/", account.logout, name="account_logout"),
    path("closed/", account.account_inactive, name="account_inactive"),
    path("", own_account, name="mfa_index"),
    path("password/", account.password_change, name="account_change_password"),
    path("confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("confirm/code/", factor.reauthenticate, name="mfa_reauthenticate"),
    path("second-factor/", totp.activate_totp, name="mfa_activate_totp"),
    # allauth leads here who has a second factor already; it stays, so that this is the page of one's own account.
    path("second-factor/kept/", own_account, name="mfa_deactivate_totp"),
    path("recovery-codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
]
