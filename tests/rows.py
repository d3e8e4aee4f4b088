"""Talents, twins, places and layers put into a store as they are: past the desk, its rules and its log."""

from __future__ import annotations

from sqlalchemy import Table, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.store.clock import now_ms
from gemelo.context.store.database import Database
from gemelo.context.store.facts import LAYER
from gemelo.context.store.schema import deployments, layers, place_of_layer, talents, twins
from gemelo.context.store.twins import SqlTwins
from gemelo.context.twins import Deployment, LayerKind, LayerText, Talent, Twin


class Rows(SqlTwins):
    """What reads a store, and can write it. A `put` replaces what stood under the same key."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.database = database

    async def put_talent(self, talent: Talent) -> None:
        await self._put(talents, talent)

    async def put_twin(self, twin: Twin) -> None:
        await self._put(twins, twin)

    async def put_deployment(self, deployment: Deployment) -> None:
        await self._put(deployments, deployment)

    async def put_layer(self, twin: str, deployment: str | None, kind: LayerKind, yaml: str) -> LayerText:
        """Stores the next version of a layer."""
        last = select(func.coalesce(func.max(layers.c.version), 0)).where(
            layers.c.twin == twin, place_of_layer == (deployment or ""), layers.c.kind == kind
        )

        async def work(connection: AsyncConnection) -> LayerText:
            version = (await connection.execute(last)).scalar_one() + 1
            layer = LayerText(twin, deployment, kind, version, yaml, created=now_ms())
            await connection.execute(insert(layers), {name: getattr(layer, name) for name in LAYER})
            return layer

        return await self.database.write(work)

    async def _put(self, table: Table, kept: object) -> None:
        row = {column.name: getattr(kept, column.name) for column in table.c if column.name != "revision"}
        (key,) = table.primary_key
        changed = update(table).where(key == row[key.name]).values(row | {"revision": table.c.revision + 1})

        async def work(connection: AsyncConnection) -> None:
            if not (await connection.execute(changed)).rowcount:
                await connection.execute(insert(table), row)

        await self.database.write(work)
