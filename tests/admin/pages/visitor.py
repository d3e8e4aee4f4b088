"""Somebody at the console, with a browser's habits."""

from __future__ import annotations

import html
import re

import httpx

from tests.admin.api.admin.world import World


class Visitor:
    """Somebody with a browser: keeps cookies, fills in forms."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.page = ""

    async def open(self, path: str) -> httpx.Response:
        answer = await self.http.get(path)
        self.page = answer.text
        return answer

    async def sign_in(self, key: str) -> httpx.Response:
        return await self.http.post("/console/sign-in", data={"key": key})

    async def send(self, path: str, **fields: str) -> httpx.Response:
        """Sends a form of the page that is open, and follows where it leads."""
        token = re.search(r'name="form" value="([^"]+)"', self.page)
        version = re.search(r'name="version" value="([^"]+)"', self.page)
        given = {"form": token[1] if token else "", "version": version[1] if version else ""}
        answer = await self.http.post(path, data={**given, **fields})
        if answer.is_redirect:
            answer = await self.open(answer.headers["location"])
        self.page = answer.text
        return answer

    @property
    def text(self) -> str:
        """What is written in the editor."""
        found = re.search(r"<textarea[^>]*>\n(.*)</textarea>", self.page, re.DOTALL)
        assert found
        return html.unescape(found[1])


async def enter(visitor: Visitor, world: World, who: str) -> Visitor:
    answer = await visitor.sign_in(world.keys[who])
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/")
    return visitor
