"""Which rows a principal may see: the first of two locks. On Postgres row-level security is the second.

    talents ◀─ twins ◀─ deployments
       ▲         ▲            ▲
       │         │            └─ versions, memories, leads, sessions, turns
       │         └─ layers, uploads, personas, subsets, documents ◀─ passages
       └─ campaigns, licences, consents, audit, outbox, webhooks ◀─ deliveries

A talent's people see the rows of that talent; a brand's people its own campaigns, their lines in the audit
log, and the brand itself; anybody themselves, their keys and what they did.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Column, ColumnElement, Table, false, literal, or_, select, true

from gemelo.context.store.schema import (
    audit,
    brands,
    campaigns,
    deliveries,
    deployments,
    documents,
    keys,
    layers,
    leads,
    memories,
    outbox,
    passages,
    personas,
    principals,
    requests,
    sessions,
    subsets,
    talents,
    turns,
    twins,
    uploads,
    versions,
    webhooks,
)
from gemelo.context.tenancy.people import Principal

_PARENTS: dict[Table, tuple[Column[str], Column[str]]] = {
    deployments: (deployments.c.twin, twins.c.id),
    layers: (layers.c.twin, twins.c.id),
    documents: (documents.c.twin, twins.c.id),
    uploads: (uploads.c.twin, twins.c.id),
    passages: (passages.c.document, documents.c.id),
    personas: (personas.c.twin, twins.c.id),
    subsets: (subsets.c.twin, twins.c.id),
    versions: (versions.c.deployment, deployments.c.key),
    memories: (memories.c.deployment, deployments.c.key),
    leads: (leads.c.deployment, deployments.c.key),
    sessions: (sessions.c.deployment, deployments.c.key),
    turns: (turns.c.deployment, deployments.c.key),
    deliveries: (deliveries.c.webhook, webhooks.c.id),
}
"""The column that says what a row belongs to, and the one that it names."""
_OWN: dict[Table, Column[str]] = {
    principals: principals.c.id,
    keys: keys.c.principal,
    requests: requests.c.principal,
    audit: audit.c.who,
}

_THE_HOUSE_S = frozenset({principals, audit, outbox})
"""What only the program itself changes."""


def fence(table: Table, who: Principal, *, writing: bool = False) -> ColumnElement[bool]:
    """The rows of a table that a principal may see, or may change."""
    if who.is_platform:
        return true()
    if writing and table in _THE_HOUSE_S:
        return false()
    ways = [of_talents(table, who.talents), _of_brands(table, who.brands)]
    if table is brands and not writing:
        paying = select(campaigns.c.brand).where(campaigns.c.talent.in_(who.talents))
        ways.append(brands.c.id.in_(paying))
    if table in _OWN:
        ways.append(_OWN[table] == who.id)
    return or_(false(), *ways)


def of_talents(table: Table, ids: Collection[str]) -> ColumnElement[bool]:
    """The rows of a table that belong to one of some talents."""
    column = _talent(table)
    if column is not None:
        return column.in_(ids)
    if table not in _PARENTS:
        return false()
    child, parent = _PARENTS[table]
    return child.in_(select(parent).where(of_talents(parent.table, ids)))


def talent_of(table: Table) -> ColumnElement[str]:
    """The talent that a row belongs to, empty where it belongs to none."""
    column = _talent(table)
    if column is not None:
        return column
    if table not in _PARENTS:
        return literal("")
    child, parent = _PARENTS[table]
    return select(talent_of(parent.table)).where(parent == child).correlate(table).scalar_subquery()


def brand_of(table: Table) -> ColumnElement[str]:
    """The brand that a row belongs to, empty where it belongs to none."""
    column = _brand(table)
    return literal("") if column is None else column


def _of_brands(table: Table, ids: Collection[str]) -> ColumnElement[bool]:
    column = _brand(table)
    return false() if column is None else column.in_(ids)


def _talent(table: Table) -> Column[str] | None:
    return talents.c.id if table is talents else table.c.get("talent")


def _brand(table: Table) -> Column[str] | None:
    return brands.c.id if table is brands else table.c.get("brand")
