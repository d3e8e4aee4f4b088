"""The token by which a fan is known again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gemelo.admin.services.badges import Badge, Badges, new_name

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(TEXT, TEXT, st.lists(TEXT, max_size=3).map(tuple))
def test_a_badge_comes_back_as_it_was_given(deployment: str, fan: str, sources: tuple[str, ...]) -> None:
    """At its own deployment, and at no other."""
    badges = Badges("secret")
    badge = Badge(deployment, fan, sources)
    token = badges.sign(badge)
    assert badges.read(token) == badges.read(token, deployment) == badge
    assert badges.read(token, deployment + "x") is None


@given(st.text(max_size=60))
def test_a_made_up_token_is_no_badge(token: str) -> None:
    """Nobody makes one up."""
    assert Badges("secret").read(token) is None


def test_another_house_s_badge_is_none_of_ours() -> None:
    """Nor one that was changed by a letter, or is another kind of token of ours."""
    token = Badges("secret").sign(Badge("portal", new_name()))
    assert Badges("another").read(token) is None
    other = "A" if token[-9] != "A" else "B"  # not the last letter: some of its bits mean nothing
    assert Badges("secret").read(token[:-9] + other + token[-8:]) is None


def test_names_tell_nothing_and_are_never_given_twice() -> None:
    """32 random digits each."""
    names = {new_name() for _ in range(1_000)}
    assert len(names) == 1_000
    assert {len(name) for name in names} == {32}
