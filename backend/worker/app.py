"""The worker's Celery application: `celery --app backend.worker.app worker`."""

from backend.worker.application import make_app
from backend.worker.failures import log_failures
from backend.worker.listener import Listener

app = make_app(include=["backend.worker.tasks"])
app.steps["worker"].add(Listener)
log_failures()
