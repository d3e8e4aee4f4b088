"""What people may type."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gemelo.admin.services.checking import (
    findable,
    id_of,
    id_within,
    name_of,
    origins_of,
    reason_of,
    theme_of,
    window_of,
)
from gemelo.context.tenancy.people import Principal
from gemelo.context.tenancy.windows import Window
from gemelo.models.errors import BadWindow, Unknown, UsageError
from tests.admin.services.cast import ADMIN, MARTA


@pytest.mark.parametrize(
    ("who", "id", "may"),
    [
        (MARTA, "trina--summer", True),
        (MARTA, "trina--a--b", True),
        (MARTA, "trina", False),
        (MARTA, "trina-summer", False),
        (MARTA, "oto--summer", False),
        (MARTA, "trina--Summer", False),
        (MARTA, "trina--" + "x" * 121, False),
        (ADMIN, "trina-summer", True),
        (ADMIN, "oto--summer", False),
    ],
)
def test_what_a_talent_has_is_named_in_a_space_of_its_own(who: Principal, id: str, may: bool) -> None:
    """The platform names things outside of all spaces, too, and in no other talent's."""
    with nullcontext() if may else pytest.raises(UsageError, match="'trina--summer'"):
        assert id_within(id, "trina", who) == id


@pytest.mark.parametrize("text", ["a", "trina-sol", "0", "x" * 63])
def test_an_id_is_small_letters_digits_and_hyphens(text: str) -> None:
    """1 to 63 of them."""
    assert id_of(text) == text


@pytest.mark.parametrize("text", ["", "-a", "A", "a_b", "a b", "ñ", "a\n", "a--b", "x" * 64, "<b>", "../a"])
def test_anything_else_is_no_id(text: str) -> None:
    """It would have to be escaped somewhere."""
    with pytest.raises(UsageError):
        id_of(text)


@pytest.mark.parametrize("text", ["", "a\0", "x" * 201, "\u202e", "a\nb"])
def test_what_nothing_can_be_called_is_not_there(text: str) -> None:
    """No database is asked for it."""
    with pytest.raises(Unknown):
        findable(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  Trina \t Sol\n", "Trina Sol"),
        ("Jose\u0301", "José"),
        ("<b>Trina</b>", "<b>Trina</b>"),
        ("تريна שרה", "تريна שרה"),
        ("⚽", "⚽"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("x" * 200, "x" * 200),
    ],
)
def test_a_name_is_kept_as_people_read_it(text: str, kept: str) -> None:
    """NFC, white space folded; markup is text, and letters of any script are letters."""
    assert name_of(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "\u200d", "x" * 201, "x" * 10_000),
        *("a\0b", "a\u202eb", "a\u2067b", "a\u200eb", "a\u200bb", "\ud800"),
    ],
)
def test_a_name_that_cannot_be_read_is_refused(text: str) -> None:
    """Control characters, and those that turn the direction of what stands beside it."""
    with pytest.raises(UsageError):
        name_of(text)


def test_a_reason_stands_on_one_line() -> None:
    """What cannot be read is left out; only a publish must have one."""
    assert reason_of(" too\nlong\0 \u202ea pause ") == "too long a pause"
    assert reason_of("") == ""
    with pytest.raises(UsageError, match="say why"):
        reason_of(" \u202e", needed=True)
    with pytest.raises(UsageError, match="1000"):
        reason_of("x" * 1001)


@pytest.mark.parametrize(
    "text",
    ["https://club.example", "http://127.0.0.1:*", "http://[::1]:8080", "https://xn--bcher-kva.example:443"],
)
def test_an_origin_is_scheme_host_and_port(text: str) -> None:
    """In lower case, each once."""
    assert origins_of((text.upper(), text)) == (text,)


@pytest.mark.parametrize(
    "text",
    [
        "club.example", "https://", "https://club.example/", "https://a@b.example", "ftp://club.example", "*",
        "https://*.example", "https://club.example:99999", "https://club.example:", "null", "https://a b",
        "javascript:alert(1)", "https://club.example\n", "https://bücher.example", "https://-a.example",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused(text: str) -> None:
    """A path or a wildcard in it would admit nobody, or everybody."""
    with pytest.raises(UsageError, match="origin"):
        origins_of((text,))


@pytest.mark.parametrize(
    "theme",
    [
        {"a": "x" * 9000},
        {"a": {"b": {"c": {"d": {}}}}},
        {"a": float("nan")},
        {"a": "\0"},
        {"\ud800": 1},
        {1: 2},
        {"a": object()},
        {"a": {1, 2}},
    ],
)
def test_a_theme_that_is_no_small_plain_json_is_refused(theme: Any) -> None:
    """It goes to every page as it is."""
    with pytest.raises(UsageError, match="theme"):
        theme_of(theme)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text("abc", max_size=3), JSON, max_size=4))
def test_a_theme_is_kept_or_refused_and_never_changed(theme: dict[str, Any]) -> None:
    """Whatever it holds."""
    try:
        assert theme_of(theme) == theme
    except UsageError:
        return


@pytest.mark.parametrize("window", [Window(5, 5), Window(6, 5), Window(-1, 5), Window(0, 10**18)])
def test_a_window_lies_in_time(window: Window) -> None:
    """It begins before it ends."""
    with pytest.raises(BadWindow):
        window_of(window)
