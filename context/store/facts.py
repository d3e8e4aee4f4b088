"""Reading all that people have set about one place, in one look: what `standing` decides from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from gemelo.context.store.schema import (
    campaigns,
    consents,
    deployments,
    layers,
    licences,
    place_of_layer,
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
    found = await _facts(connection, [Deployment(**row) for row in place])
    return found[0] if found else None


async def read_places(connection: AsyncConnection, twin: str) -> tuple[Facts, ...]:
    """All about every deployment of a twin, by key, in as many looks as about one."""
    places = await _rows(connection, deployments, deployments.c.twin == twin)
    return await _facts(connection, [Deployment(**row) for row in places])


async def _facts(connection: AsyncConnection, places: Sequence[Deployment]) -> tuple[Facts, ...]:
    """All about some deployments of one twin."""
    if not places:
        return ()
    keys = [place.key for place in places]
    [twin] = await _rows(connection, twins, twins.c.id == places[0].twin)
    owner: str = twin["talent"]
    [talent] = await _rows(connection, talents, talents.c.id == owner)
    licensed = await _rows(connection, licences, licences.c.talent == owner)
    agreed = await _rows(connection, consents, consents.c.talent == owner)
    # a campaign of another talent has no say here, whatever page it names
    brought = await _rows(
        connection, campaigns, campaigns.c.deployment.in_(keys) & (campaigns.c.talent == owner)
    )
    brought_by = [
        Campaign(**{name: value for name, value in row.items() if name != "deployment"}) for row in brought
    ]
    standing = await _layers(connection, places[0].twin, keys)
    return tuple(
        Facts(
            deployment=place,
            twin=Twin(**twin),
            talent=Talent(**talent),
            layers=tuple(layer for layer in standing if layer.deployment in (None, place.key)),
            campaigns=tuple(one for one in brought_by if one.terms.deployment == place.key),
            licences=tuple(Licence(**row) for row in licensed),
            consents=tuple(Consent(**row) for row in agreed),
        )
        for place in places
    )


async def _layers(connection: AsyncConnection, twin: str, keys: Sequence[str]) -> tuple[LayerText, ...]:
    """The newest version of each layer that rules some deployments, their twin's first."""
    # found in the index alone, by their ids, which grow with their versions: a layer may have a thousand
    newest = (
        select(func.max(layers.c.id))
        .where(layers.c.twin == twin, place_of_layer.in_(("", *keys)))
        .group_by(place_of_layer, layers.c.kind)
    )
    query = (
        select(*(layers.c[name] for name in LAYER))
        .where(layers.c.id.in_(newest))
        .order_by(layers.c.deployment.is_not(None), layers.c.deployment, layers.c.kind)
    )
    return tuple(LayerText(**row) for row in (await connection.execute(query)).mappings())


async def _rows(
    connection: AsyncConnection, table: Table, where: ColumnElement[bool]
) -> list[dict[str, Any]]:
    """Rows without what only the store needs, in the order of their keys."""
    columns = [column for column in table.c if column.name not in ("revision", "due")]
    query = select(*columns).where(where).order_by(*table.primary_key.columns)
    return [dict(row) for row in (await connection.execute(query)).mappings()]
