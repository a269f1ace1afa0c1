"""The desk: pages and the API for people who have signed in with two factors."""

from backend.settings.applications import DESK
from backend.settings.base import *  # noqa: F403
from backend.settings.base import COMITY
from backend.settings.environment import CHECKOUT

INSTALLED_APPS = DESK
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "backend.desk.headers.ContentSecurityPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "backend.desk.gate.Gate",
]
ROOT_URLCONF = "backend.desk.urls"
WSGI_APPLICATION = "backend.desk.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [CHECKOUT / "frontend" / "templates", CHECKOUT / "frontend" / "components"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "backend.desk.navigation.navigation",
            ]
        },
    }
]
# Attempts at signing in and used codes, counted by all workers together.
CACHES = {"default": {"BACKEND": "backend.desk.attempts.AttemptsCache"}}
FORM_RENDERER = "backend.desk.rendering.DeskForms"
# Served by granian itself (`--static-path-mount`), from this folder and no other.
STATIC_URL = "/static/"
STATICFILES_DIRS = [CHECKOUT / "frontend" / "static"]

# Two nodes on one machine share the host name, and cookies know no ports: the node is part of the name.
_HTTPS = COMITY.desk_url.startswith("https://")
_PREFIX = f"{'__Host-' if _HTTPS else ''}comity_{COMITY.node}"
SESSION_COOKIE_NAME = f"{_PREFIX}_session"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
# Lax, not Strict: a link to a referral in a message opens signed in; nothing changes by GET.
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = f"{_PREFIX}_csrf"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_TRUSTED_ORIGINS = [COMITY.desk_url]
CSRF_FAILURE_VIEW = "backend.desk.pages.errors.stale_form"
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _HTTPS else None
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
# The language a person chose; else that of their browser.
LANGUAGE_COOKIE_NAME = "comity_language"
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = _HTTPS
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"

# People are made by an administrator, sign in by name, and have no e-mail address that could reset anything.
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_ADAPTER = "backend.desk.signin.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "backend.desk.signin.forms.SignIn",
    "change_password": "backend.desk.signin.forms.ChangePassword",
    "reauthenticate": "backend.desk.signin.forms.ConfirmPassword",
}
# A front that ends TLS appends the client's address; without one, what a client says of itself counts for nothing.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if _HTTPS else 0
MFA_ADAPTER = "backend.desk.signin.adapters.MFAAdapter"
MFA_FORMS = {
    "authenticate": "backend.desk.signin.forms.GiveCode",
    "reauthenticate": "backend.desk.signin.forms.ConfirmCode",
    "activate_totp": "backend.desk.signin.forms.SetUpFactor",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = f"Comity {COMITY.node}"
MFA_ALLOW_UNVERIFIED_EMAIL = True

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "backend.desk.api.problems.refused",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Comity desk",
    "DESCRIPTION": "For programs of people who have signed in at the desk with both factors.",
    "LICENSE": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
    "SERVERS": [{"url": "/"}],
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "session": {
                "type": "apiKey",
                "in": "cookie",
                # On a node, its name stands before "session", and behind TLS "__Host-" before that.
                "name": "session",
                "description": "The session cookie of the desk's sign-in, after both factors.",
            }
        }
    },
}
