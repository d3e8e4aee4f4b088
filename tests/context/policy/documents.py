"""Small layer documents to compile, and ways to change one thing in them."""

from __future__ import annotations

from typing import Any

import yaml

from gemelo.context.policy.compile import compile_context
from gemelo.context.policy.context import Context
from gemelo.context.policy.layers import Deflection, parse_layer
from gemelo.models.vocabulary import Language

Document = dict[str, object]

DEFLECTIONS = {
    language: {
        kind.value: [f"{kind.value} {language} one.", f"{kind.value} {language} two."] for kind in Deflection
    }
    for language in ("es", "en")
}

CRISIS: dict[str, Any] = {
    "script": {
        "es": ["Soy un personaje virtual.", "Llama al {emergency}.", "Escuchan: {help}."],
        "en": ["I am a virtual character.", "Call {emergency}.", "They listen: {help}."],
    },
    "emergency": {"ES": "112", "US": "911"},
    "help_lines": {
        "ES": [{"name": "Línea 024", "number": "024", "languages": ["es"]}],
        "US": [{"name": "Lifeline", "number": "988", "languages": ["en", "es"]}],
    },
    "elsewhere": {
        "es": {"emergency": "número de emergencias", "help": "findahelpline.com", "countries": ["ES"]},
        "en": {"emergency": "your emergency number", "help": "findahelpline.com", "countries": ["US"]},
    },
}


def platform(**changes: object) -> Document:
    document: Document = {
        "layer": "platform",
        "name": "house",
        "languages": ["es", "en"],
        "disclosures": {
            "es": ["Hablas con {talent}, un personaje virtual."],
            "en": ["You are talking to {talent}, a virtual character."],
        },
        "deflections": DEFLECTIONS,
        "limits": {"free": {"interactions_per_month": 100}},
        "crisis": CRISIS,
    }
    return document | changes


def talent(**changes: object) -> Document:
    document: Document = {
        "layer": "talent",
        "name": "vera",
        "persona": {"name": "Vera", "tone": ["warm"], "description": {"es": "Presentadora virtual."}},
        "focus": ["football"],
    }
    return document | changes


def campaign(**changes: object) -> Document:
    document: Document = {
        "layer": "campaign",
        "name": "spring",
        "names_to_avoid": [{"name": "Kortaza", "aliases": ["Kortz"]}],
        "focus": ["training"],
        "disclosures": {"es": ["Patrocinado por Brisalta."], "en": ["Sponsored by Brisalta."]},
        "sponsor": {
            "brand": "Brisalta",
            "category": "drink",
            "tagline": {"es": "Agua de la buena."},
            "approved_claims": {"es": ["Brisalta viene en dos sabores."]},
        },
    }
    return document | changes


def written(document: Document) -> str:
    return yaml.safe_dump(document, allow_unicode=True, sort_keys=False)


def compiled(*documents: Document, here: tuple[str, ...] = ()) -> Context:
    """Compiles documents as the files `platform.yaml`, `talent.yaml`..., at a place kept to languages."""
    layers = [parse_layer(written(document), f"{document['layer']}.yaml") for document in documents]
    spoken = tuple(map(Language, here))
    return compile_context(layers, deployment="demo", twin="vera", talent="Vera Golazo", here=spoken)
