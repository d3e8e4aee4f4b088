"""Reading all that people have set about one place, in one look: what `standing` decides from."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Table, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.store.schema import (
    campaigns,
    consents,
    deployments,
    layers,
    licences,
    talents,
    twins,
)
from gemelo.context.tenancy.campaigns import Campaign
from gemelo.context.tenancy.likeness import Consent, Licence
from gemelo.context.tenancy.standing import Facts
from gemelo.context.twins import Deployment, LayerText, Talent, Twin

LAYER = ("twin", "deployment", "kind", "version", "yaml", "author", "created", "reason")
"""The columns of a `LayerText`."""


async def read_facts(connection: AsyncConnection, key: str) -> Facts | None:
    """All about one deployment; None where there is none of this key."""
    place = await _rows(connection, deployments, deployments.c.key == key)
    if not place:
        return None
    deployment = Deployment(**place[0])
    [twin] = await _rows(connection, twins, twins.c.id == deployment.twin)
    owner: str = twin["talent"]
    [talent] = await _rows(connection, talents, talents.c.id == owner)
    licensed = await _rows(connection, licences, licences.c.talent == owner)
    agreed = await _rows(connection, consents, consents.c.talent == owner)
    # a campaign of another talent has no say here, whatever page it names
    brought = await _rows(
        connection, campaigns, (campaigns.c.deployment == key) & (campaigns.c.talent == owner)
    )
    return Facts(
        deployment=deployment,
        twin=Twin(**twin),
        talent=Talent(**talent),
        layers=await _layers(connection, deployment),
        campaigns=tuple(
            Campaign(**{name: value for name, value in row.items() if name != "deployment"})
            for row in brought
        ),
        licences=tuple(Licence(**row) for row in licensed),
        consents=tuple(Consent(**row) for row in agreed),
    )


async def _layers(connection: AsyncConnection, place: Deployment) -> tuple[LayerText, ...]:
    """The newest version of each layer that rules a deployment, its twin's first."""
    newest_first = func.row_number().over(
        partition_by=(layers.c.deployment, layers.c.kind), order_by=layers.c.version.desc()
    )
    ranked = (
        select(*(layers.c[name] for name in LAYER), newest_first.label("age"))
        .where(
            layers.c.twin == place.twin,
            or_(layers.c.deployment.is_(None), layers.c.deployment == place.key),
        )
        .subquery()
    )
    query = (
        select(*(ranked.c[name] for name in LAYER))
        .where(ranked.c.age == 1)
        .order_by(ranked.c.deployment.is_not(None), ranked.c.kind)
    )
    return tuple(LayerText(**row) for row in (await connection.execute(query)).mappings())


async def _rows(
    connection: AsyncConnection, table: Table, where: ColumnElement[bool]
) -> list[dict[str, Any]]:
    """Rows without their revision, in the order of their keys."""
    columns = [column for column in table.c if column.name != "revision"]
    query = select(*columns).where(where).order_by(*table.primary_key.columns)
    return [dict(row) for row in (await connection.execute(query)).mappings()]
