"""What the process answers over HTTP: whether it lives, whether it works, and what it takes and sends."""

import contextlib
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import uvicorn
from faststream.asgi import AsgiFastStream, AsgiResponse, get
from prometheus_client import make_asgi_app

from carrier.app import specification
from carrier.runtime import Runtime

Handler = Callable[..., Awaitable[Any]]


def server_of(runtime: Runtime) -> "Server":
    """Serves /health/live, /health/ready, /metrics and /asyncapi."""

    @get(include_in_schema=False)
    async def live(_: Any) -> AsgiResponse:
        """200 while the process answers: a broker that is away is no reason to restart it."""
        return _answer(200, {"status": "ok", "info": {}, "error": {}, "details": {}})

    @get(include_in_schema=False)
    async def ready(_: Any) -> AsgiResponse:
        """503 with the reasons until the carrier works on the broker, and again when it stops."""
        problems = runtime.problems
        if not problems:
            up = {"broker": {"status": "up"}}
            return _answer(200, {"status": "ok", "info": up, "error": {}, "details": up})
        down = {"broker": {"status": "down", "problems": problems}}
        return _answer(503, {"status": "error", "info": {}, "error": down, "details": down})

    routes: list[tuple[str, Any]] = [("/health/live", live), ("/health/ready", ready)]
    if runtime.metrics is not None:
        routes.append(("/metrics", make_asgi_app(runtime.metrics.registry)))
    app = AsgiFastStream(
        runtime.broker,
        asgi_routes=routes,
        specification=specification(),
        asyncapi_path="/asyncapi",
    )
    return Server(uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=1))


class Server(uvicorn.Server):
    """Signals are the process's own affair: it drains its steps before it stops answering."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _answer(status: int, body: object) -> AsgiResponse:
    return AsgiResponse(json.dumps(body).encode(), status, {"content-type": "application/json"})
