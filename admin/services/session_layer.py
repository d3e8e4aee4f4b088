"""The layer that one session may bring along: preferences and tightenings, for this conversation alone.

It comes from a page that nobody has approved, so it is small, and what of it a mind reads is words.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from gemelo.context.policy.layers import Kind, Layer, parse_layer
from gemelo.models.errors import BadLayer

MAX_BYTES = 4096


def session_layer(text: str, file: str) -> Layer:
    """Reads a session's layer.

    Args:
        text: YAML or JSON, at most `MAX_BYTES` of it.
        file: how errors call it.

    Raises:
        BadLayer: it is too large, no layer, or another kind of layer.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise BadLayer(f"{file}: a session's layer has at most {MAX_BYTES // 1024} kB")
    layer = parse_layer(text, file)
    if layer.kind is not Kind.SESSION:
        raise BadLayer(f"{layer.place('layer')}: a session brings a session layer, no other")
    return layer


def requested_layer(asked: Mapping[str, object]) -> Layer:
    """Reads the `layer` of a request for a session.

    Raises:
        BadLayer: see `session_layer`.
    """
    return session_layer(json.dumps(asked, ensure_ascii=False), "session.json")


def layer_of(file: Path) -> Layer:
    """Reads a session's layer from a file.

    Raises:
        BadLayer: it cannot be read; see `session_layer`.
    """
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadLayer(f"the layer cannot be read: {error}") from None
    return session_layer(text, file.name)
