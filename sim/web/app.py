"""The addresses of the what-if page, and what stands behind each."""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.resources import files

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sim.errors import ScenarioError
from sim.studies.movable import World
from sim.studies.swift import StillWanted
from sim.web.asking import Question, Unknown, question
from sim.web.desk import Answer, Busy, Desk, Superseded, causes, loss, problems_of
from sim.web.downloads import DOWNLOADS, written
from sim.web.guard import Guard

ASSETS = {
    "page.css": "text/css",
    "page.js": "text/javascript",
    "knobs.js": "text/javascript",
    "curve.js": "text/javascript",
    "network.js": "text/javascript",
    "parts.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}
"""The files of the page; nothing else is ever read for an address."""
Work = Callable[[Question, StillWanted], Answer]


def app_of(worlds: Mapping[str, World], desk: Desk, hosts: Sequence[str] = (), any_address: bool = False) -> Starlette:
    """The application; `hosts` are names it goes by beside those of the loopback."""
    routes = [
        Route("/", partial(_asset, name="index.html", media="text/html")),
        *(Route(f"/{name}", partial(_asset, name=name, media=media)) for name, media in ASSETS.items()),
        Route("/api/scenarios", partial(_scenarios, worlds=worlds)),
        Route("/api/scenario", partial(_scenario, worlds=worlds, desk=desk)),
        Route("/api/loss", partial(_answered, worlds=worlds, desk=desk, work=loss)),
        Route("/api/causes", partial(_answered, worlds=worlds, desk=desk, work=causes)),
        *(
            Route(f"/api/download/{kind}", partial(_download, worlds=worlds, desk=desk, kind=kind))
            for kind in DOWNLOADS
        ),
    ]
    guard = Middleware(Guard, hosts=hosts, any_address=any_address)
    return Starlette(routes=routes, middleware=[guard], exception_handlers={Unknown: _unknown, Busy: _busy})


async def _asset(request: Request, name: str, media: str) -> Response:
    return Response(files("sim.web").joinpath("assets", name).read_bytes(), media_type=media)


async def _scenarios(request: Request, worlds: Mapping[str, World]) -> Response:
    return JSONResponse([{"key": world.key, "title": world.scenario.title} for world in worlds.values()])


async def _scenario(request: Request, worlds: Mapping[str, World], desk: Desk) -> Response:
    """What can be moved, and the place that tells most of it as the file stands."""
    asked = question(worlds, {"s": request.query_params.get("s", next(iter(worlds)))})
    try:
        place = (await _done(desk, asked, loss))["place"]
    except (ScenarioError, Superseded):
        place = next(iter(asked.world.places))
    offered = [{"kind": kind, "label": download.label} for kind, download in DOWNLOADS.items()]
    return JSONResponse({**asked.world.plain(), "place": place, "downloads": offered})


async def _answered(request: Request, worlds: Mapping[str, World], desk: Desk, work: Work) -> Response:
    """What is wrong with a setting is an answer like others: the page shows it in words."""
    try:
        return JSONResponse(await _done(desk, question(worlds, _said(request)), work))
    except ScenarioError as error:
        return JSONResponse({"problems": problems_of(error)})
    except Superseded:
        return JSONResponse({"superseded": True})


async def _download(request: Request, worlds: Mapping[str, World], desk: Desk, kind: str) -> Response:
    def work(asked: Question, still_wanted: StillWanted) -> Answer:
        return written(asked, kind, still_wanted)

    work.__name__ = f"download {kind}"
    try:
        found = await _done(desk, question(worlds, _said(request)), work)
    except (ScenarioError, Superseded) as error:
        return Response(f"{error or 'The server stops.'}\n", 422, media_type="text/plain")
    headers = {"Content-Disposition": f'attachment; filename="{found["name"]}"'}
    return Response(found["content"], media_type=str(found["media"]), headers=headers)


async def _done(desk: Desk, asked: Question, work: Work) -> Answer:
    return await asyncio.wrap_future(desk.ask(asked, work))


def _said(request: Request) -> dict[str, str]:
    """The query, each key once. Raises Unknown for one that is said twice."""
    said = request.query_params.multi_items()
    if len(said) > len({key for key, _ in said}):
        raise Unknown("the address says something twice")
    return dict(said)


async def _unknown(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": re.sub(r"\s+", " ", str(error))}, 404)


async def _busy(request: Request, error: Exception) -> Response:
    return JSONResponse({"error": "Too many questions at once; ask again in a moment."}, 503)
