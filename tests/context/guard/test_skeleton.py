"""Taking disguises off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.context.guard.glyphs import INVISIBLE, PUNCTUATION, SPACE, reading
from gemelo.context.guard.skeleton import Reading, key, letters, spread


@pytest.mark.parametrize(
    ("character", "read"),
    [
        ("A", "a"),
        ("ñ", "n"),
        ("а", "a"),  # Cyrillic
        ("Ν", "n"),  # Greek capital Nu
        ("ν", "v"),  # Greek small nu
        ("Ｋ", "k"),
        ("𝓚", "k"),
        ("ⓚ", "k"),
        ("🅺", "k"),
        ("🇰", "k"),
        ("ᴋ", "k"),
        ("ß", "ss"),
        ("ﬁ", "fi"),
        ("克", "克"),
        ("\u200b", INVISIBLE),
        ("\u0301", INVISIBLE),
        ("\u3164", INVISIBLE),
        ("\u00a0", SPACE),
        ("\n", SPACE),
        ("!", PUNCTUATION),
        ("7", PUNCTUATION),
        ("🔥", PUNCTUATION),
    ],
)
def test_a_character_reads_as_what_it_looks_like(character: str, read: str) -> None:
    """Letters in any style or script read as a-z where they resemble one."""
    assert reading(character) == read


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("¡hola!", [".hola."]),
        ("n!ke", ["n.ke", "nike"]),
        ("@didas 5$", [".didas ..", "adidas ss"]),
        ("adida$!", ["adida..", "adidas.", "adidasi"]),
        ("n１ke", ["n.ke", "nike"]),
    ],
)
def test_signs_are_read_as_letters_only_where_they_may_be(text: str, readings: list[str]) -> None:
    """Digits always, "!" between letters, "$" beside one; otherwise they are punctuation."""
    assert [skeleton.flat for skeleton in Reading(text).skeletons] == readings


def test_a_key_forgets_repeats_and_tells_no_l_from_an_i() -> None:
    """Doubled letters and the letters that a stroke may stand for are one."""
    assert key(letters("Hello")) == key("heio") == key(letters("he11o")) == "heio"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("N%69ke", "Nike"),
        ("%4e%69", "Ni"),
        ("\\u004eike \\x4e \\u{4e}", "Nike N N"),
        ("50%25%50 50%69", "50%25%50 50%69"),
        ("%FF%FE", "%FF%FE"),
        ("\\ud800 \\u{ffffff}", "\\ud800 \\u{ffffff}"),
        ("a%20b%20c", "a%20b%20c"),
    ],
)
def test_escapes_are_written_out_where_they_stand_for_letters(text: str, written: str) -> None:
    """Per cent signs between figures, bytes that are no text and codes of no character stay."""
    assert spread(text)[0] == written


@given(st.text(alphabet="%469aN\\ux{}&#;é ", max_size=24))
def test_escapes_keep_their_places(text: str) -> None:
    """However they are cut, every character that is written comes from one of the text."""
    _, origin = spread(text)
    assert origin is None or all(0 <= start < end <= len(text) for start, end in origin)


@given(st.text())
def test_a_skeleton_is_as_long_as_its_text(text: str) -> None:
    """Positions in a skeleton are positions in the text, and runs point at the key's letters."""
    written, origin = spread(text)
    assert origin is None or (len(origin) == len(written) and origin == sorted(origin))
    for skeleton in Reading(text).skeletons:
        assert len(skeleton.flat) == len(written)
        assert len(skeleton.runs) == len(skeleton.key)
        ends = [skeleton.flat[index].replace("l", "i") for run in skeleton.runs for index in run]
        assert "".join(ends[::2]) == "".join(ends[1::2]) == skeleton.key
