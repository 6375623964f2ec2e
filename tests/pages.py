"""The what-if page for tests: small worlds to serve, and a server on a thread of its own."""

import asyncio
import contextlib
import json
import threading
import time

import httpx
from worlds import chain, licensing, outage, regime, scenario_of, variant

from sim.web.app import app_of
from sim.web.desk import Desk
from sim.web.serve import address_of, bound, server_of
from sim.web.worlds import worlds_of

HOSTILE = "<img src=x onerror=pwned=1>"


def certain_world():
    """A mine that burns for 60 days, and a plant with 30 days of its ore."""
    data = chain((30,), shocks={"fire": outage("mine", 50, 60)})
    return scenario_of(variant(data, {"title": "A fire"}))


def random_world():
    """An office that approves a third, in three of the weeks of a review."""
    review = {"distribution": "uniform", "low": "5 days", "high": "60 days"}
    data = chain((20,), shocks={"rule": licensing(50)}, licences={"office": regime(review, approval="33 %")}, days=250)
    return scenario_of(variant(data, {"title": "A rule"}))


def hostile_world():
    """The fire, where names and texts would do harm if a page took them for HTML, or a spreadsheet for a formula."""
    said = json.dumps(chain((30,), shocks={"fire": outage("mine", 50, 60)}))
    said = said.replace("plant_1", HOSTILE).replace('"fire"', '"=cmd"')
    return scenario_of(variant(json.loads(said), {"title": f"{HOSTILE}</title><script>pwned=1</script>"}))


class Client:
    """Asks an application as a browser would, without a network between the two."""

    def __init__(self, app, base_url="http://127.0.0.1:8000"):
        self.app, self.base_url = app, base_url

    def request(self, method, path, **more):
        async def asked():
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url=self.base_url) as client:
                return await client.request(method, path, **more)

        return asyncio.run(asked())

    def get(self, path, **more):
        return self.request("GET", path, **more)


@contextlib.contextmanager
def serving(*scenarios, **wishes):
    """The address of a page with these scenarios, for as long as the block lasts."""
    desk, listening = Desk(), bound("127.0.0.1", 0)
    server = server_of(app_of(worlds_of(scenarios, **wishes)[0], desk))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield address_of(listening)
    finally:
        server.should_exit = True
        thread.join()
        desk.close()
        listening.close()
