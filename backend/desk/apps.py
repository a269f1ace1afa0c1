from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "backend.desk"
    label = "desk"

    def ready(self) -> None:
        from backend.desk.signin import recording

        recording.connect()
