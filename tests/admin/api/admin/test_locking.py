from __future__ import annotations

import pytest
from fastapi import Response

from gemelo.admin.api.admin.locking import seen, tag
from gemelo.admin.api.admin.problems import BadHeader, RevisionMissing


def test_what_was_tagged_is_seen() -> None:
    """The ETag of an answer is the If-Match of a change."""
    response = Response()
    tag(response, 17)
    assert seen(response.headers["etag"]) == 17


def test_a_change_without_a_revision_is_refused() -> None:
    """Or two people would overwrite each other."""
    with pytest.raises(RevisionMissing):
        seen(None)


@pytest.mark.parametrize(
    "header", ["", "3", '"', '""', '"x"', 'W/"3"', '"3", "4"', "*", '"' + "9" * 19 + '"', '"٣"']
)
def test_only_our_own_etags_are_taken(header: str) -> None:
    """Weak ones, lists and other people's are no revision."""
    with pytest.raises(BadHeader):
        seen(header)
