"""`python -m backend.worker.beat`: beat, which loads no task and no model, and keeps no file."""

from backend.worker.application import close_publishers, make_app


def main() -> None:
    """Runs until SIGTERM or SIGINT."""
    app = make_app(include=[])
    try:
        app.Beat(scheduler="celery.beat:Scheduler", loglevel="WARNING", quiet=True, max_interval=5).run()
    finally:
        close_publishers(app)


if __name__ == "__main__":
    main()
