"""`python -m backend.worker.beat`: beat, which loads no task and no model, and keeps no file."""

from backend.worker.application import make_app


def main() -> None:
    """Runs until SIGTERM or SIGINT."""
    app = make_app(include=[])
    app.Beat(scheduler="celery.beat:Scheduler", loglevel="WARNING", quiet=True, max_interval=5).run()


if __name__ == "__main__":
    main()
