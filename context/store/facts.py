"""Reading all that people have set about one place, in one look: what `standing` decides from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, RowMapping, Table, func, select
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
    found = await _facts(connection, deployments.c.key == key)
    return found[0] if found else None


async def read_places(connection: AsyncConnection, twin: str) -> tuple[Facts, ...]:
    """All about every deployment of a twin, by key, in as many looks as about one."""
    return await _facts(connection, deployments.c.twin == twin)


async def _facts(connection: AsyncConnection, where: ColumnElement[bool]) -> tuple[Facts, ...]:
    """All about some deployments of one twin."""
    found = (await connection.execute(_PLACES.where(where))).mappings().all()
    if not found:
        return ()
    places = [Deployment(**_of(deployments, row)) for row in found]
    twin, talent = Twin(**_of(twins, found[0])), Talent(**_of(talents, found[0]))
    keys, owner = [place.key for place in places], talent.id
    licensed = await _rows(connection, licences, licences.c.talent == owner)
    agreed = await _rows(connection, consents, consents.c.talent == owner)
    # a campaign of another talent has no say here, whatever page it names
    brought = await _rows(
        connection, campaigns, campaigns.c.deployment.in_(keys) & (campaigns.c.talent == owner)
    )
    brought_by = [
        Campaign(**{name: value for name, value in row.items() if name != "deployment"}) for row in brought
    ]
    standing = await _layers(connection, twin.id, keys)
    return tuple(
        Facts(
            deployment=place,
            twin=twin,
            talent=talent,
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


def _columns(table: Table) -> list[Column[Any]]:
    """What somebody has set, without what only the store needs."""
    return [column for column in table.c if column.name not in ("revision", "due")]


def _of(table: Table, row: RowMapping) -> dict[str, Any]:
    """One table's part of a row of several."""
    return {column.name: row[column] for column in _columns(table)}


_PLACES = (
    select(*(column for table in (deployments, twins, talents) for column in _columns(table)))
    .join_from(deployments, twins, twins.c.id == deployments.c.twin)
    .join(talents, talents.c.id == twins.c.talent)
    .order_by(deployments.c.key)
)
"""Deployments with what they are of: each statement costs a change of threads."""


async def _rows(
    connection: AsyncConnection, table: Table, where: ColumnElement[bool]
) -> list[dict[str, Any]]:
    """Rows in the order of their keys."""
    query = select(*_columns(table)).where(where).order_by(*table.primary_key.columns)
    return [dict(row) for row in (await connection.execute(query)).mappings()]
