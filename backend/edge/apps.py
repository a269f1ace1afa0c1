from django.apps import AppConfig


class EdgeConfig(AppConfig):
    name = "backend.edge"
    label = "edge"
