"""Which passages a question finds."""

from __future__ import annotations

import numpy as np
import pytest

from gemelo.context.knowledge import building
from gemelo.context.knowledge.score import CANDIDATES, question, search
from gemelo.context.knowledge.shelf import Entry, Shelf
from gemelo.models.vocabulary import Label, Language
from tests.hashing import HashingEmbedder

EN, ES = Language("en"), Language("es")
EMBEDDER = HashingEmbedder()


def entry(number: int, *sentences: str, heading: str = "") -> Entry:
    return Entry(f"d#{number}", sentences, "d", heading, heading)


def shelved(*entries: Entry, like: Shelf | None = None) -> Shelf:
    return building.build(EN, entries, EMBEDDER, like)


def found(asked: str, *shelves: Shelf, k: int = 5) -> list[str]:
    prepared = question(asked, EN, EN, EMBEDDER.embed([asked])[0])
    return [hit.entry.id for hit in search(prepared, shelves, k)]


@pytest.mark.parametrize("asked", ["when was bridge 17 painted", "bridge 333", "who painted bridge 401?"])
def test_large_collections_are_searched_whole(asked: str) -> None:
    """Beyond the number of candidates the right passage is still first, wherever it stands."""
    size = 2 * CANDIDATES
    bridges = shelved(*(entry(n, f"Bridge {n} was painted in spring.", "It is long.") for n in range(size)))
    number = next(int(word) for word in asked.strip("?").split() if word.isdigit())
    assert found(asked, bridges)[0] == f"d#{number}"


def test_a_heading_is_part_of_what_is_matched() -> None:
    """A question that only meets the heading finds the passage below it."""
    texts = shelved(
        entry(1, "We leave at nine.", heading="When does the ferry sail?"),
        entry(2, "It costs two coins.", heading="How much is a ticket?"),
        entry(3, "Dogs stay below.", heading="Are animals allowed?"),
    )
    assert found("are animals allowed on board", texts)[0] == "d#3"


def test_questions_of_function_words_are_matched_by_them() -> None:
    """ "Who are you?" has no content word and still finds its passage."""
    texts = shelved(
        entry(1, "I am the host.", heading="Who are you?"),
        entry(2, "I am well.", heading="How are you?"),
        entry(3, "The host is ill.", heading="Where is it?"),
    )
    assert found("who are you", texts)[0] == "d#1"
    assert found("how are you", texts)[0] == "d#2"


def test_two_shelves_are_searched_as_one() -> None:
    """Passages get the same scores on two shelves as on one with the same rarity of words."""
    entries = [
        entry(n, f"Line {n} speaks of {topic}.") for n, topic in enumerate(["tea", "rain", "tea and rain"])
    ]
    whole = shelved(*entries)
    first, second = shelved(*entries[:2], like=whole), shelved(entries[2], like=whole)
    asked = question("tea and rain", EN, EN, EMBEDDER.embed(["tea and rain"])[0])
    together, apart = search(asked, [whole], 3), search(asked, [first, second], 3)
    assert [hit.entry.id for hit in together] == [hit.entry.id for hit in apart]
    assert [hit.score for hit in together] == pytest.approx([hit.score for hit in apart], rel=1e-3)


def test_spanish_passages_for_an_english_question() -> None:
    """Names carry across languages: no function word of either language does."""
    texts = building.build(
        ES, [entry(1, "La torre es de la ciudad."), entry(2, "Solheim trabajó en Bergen.")], EMBEDDER
    )
    asked = question("la la where did Solheim work", EN, ES, EMBEDDER.embed(["where did Solheim work"])[0])
    assert search(asked, [texts], 1)[0].entry.id == "d#2"


def test_nothing_to_search() -> None:
    """No shelves, or empty ones, have no hits."""
    assert found("anything") == []


def test_labels_stay_with_their_passages() -> None:
    """A hit carries the entry with its label and its units' scores, finite and in order."""
    claim = Entry("b#1", ("Brisalta comes in lemon.",), "Brisalta", "", "Brisalta", Label.SPONSORED)
    asked = question("lemon", EN, EN, EMBEDDER.embed(["lemon"])[0])
    (hit,) = search(asked, [shelved(claim)], 3)
    assert hit.entry.label is Label.SPONSORED
    assert len(hit.cosines) == len(hit.maxsims) == len(claim.units)
    assert np.isfinite([hit.score, hit.maxsim, hit.window, *hit.cosines, *hit.maxsims]).all()
