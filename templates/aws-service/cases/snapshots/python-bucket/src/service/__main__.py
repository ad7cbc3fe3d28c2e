"""The process: logs, configuration, listener, and an orderly stop."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
from collections.abc import Iterator

import uvicorn

from service import app, config, logs
from service.files import Files

LOG = logging.getLogger("service")

# How long a stop waits for requests in flight: below the 30 seconds after which Kubernetes kills.
DRAIN_SECONDS = 20


class Server(uvicorn.Server):
    """A server that ends with 0 when it is asked to stop, and not by the signal that asked."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    def stop(self) -> None:
        LOG.info("stopping: finishing the requests in flight")
        self.should_exit = True


async def serve(settings: config.Config) -> None:
    """Serves until it is asked to stop."""
    routes = app.build(Files.in_bucket(settings.bucket, settings.bucket_endpoint))
    server = Server(
        uvicorn.Config(
            routes,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=DRAIN_SECONDS,
        )
    )
    loop = asyncio.get_running_loop()
    for asked in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(asked, server.stop)
    # Every interface: in a container there is no other way to be reached.
    listener = socket.create_server(("0.0.0.0", settings.port))  # noqa: S104
    LOG.info("listening", extra={"fields": {"port": listener.getsockname()[1]}})
    await server.serve(sockets=[listener])


def main(words: list[str]) -> int:
    """Runs a command; gives the exit code."""
    logs.init("info")
    try:
        settings = config.read(os.environ)
        logs.init(settings.log_level)
        match words:
            case []:
                asyncio.run(serve(settings))
            case _:
                raise config.ConfigError(f"`{' '.join(words)}` is no command of this program")
    except Exception as error:
        LOG.error("cannot run", extra={"fields": {"error": str(error)}})
        return 1
    LOG.info("stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
