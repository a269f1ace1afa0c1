"""Sign-in with password and second factor, over django-allauth."""
