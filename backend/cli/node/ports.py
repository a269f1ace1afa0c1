"""Whether a port is free. granian listens with SO_REUSEPORT: on a port in use it would share it in silence."""

import errno
import socket

from backend.cli.node.errors import NodeError

LOOPBACK = "127.0.0.1"


def require_free_port(port: int, purpose: str, option: str) -> None:
    """Binds the port for a moment; NodeError, naming the option that chooses another, where it is taken."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Without this a port whose last connections are in TIME_WAIT would look taken after each restart.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen()
        except OSError as failed:
            if failed.errno != errno.EADDRINUSE:
                raise NodeError(f"port {port} for the {purpose} cannot be opened ({failed.strerror}).") from failed
            raise NodeError(
                f"port {port} for the {purpose} is in use by another program; "
                f"stop that program or choose another port with {option}."
            ) from failed


def free_port() -> int:
    """A port that was free a moment ago, for tests and demonstrations."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
