"""The addresses of the desk."""

from django.urls import include, path

from backend.desk.health import health

urlpatterns = [
    path("healthz", health, name="health"),
    path("account/", include("allauth.urls")),
]
