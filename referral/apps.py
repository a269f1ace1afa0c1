from django.apps import AppConfig


class ReferralConfig(AppConfig):
    name = "referral"
    label = "referral"
    default_auto_field = "django.db.models.BigAutoField"
