from __future__ import annotations

from gemelo.admin.pages.words import in_words
from tests.admin.services.cast import campaign_layer


def test_a_campaign_s_rules_are_told_in_words() -> None:
    """What it does not ask for is not told."""
    layer = campaign_layer("kortaza", required="Drink slowly.", more="names_to_avoid:\n  - name: Velmont\n")
    told = dict(in_words(layer))
    assert told["Says at the start"] == ("Patrocinado por kortaza. (es)", "Sponsored by kortaza. (en)")
    assert told["Must say with it"][0] == "Drink slowly. (es)"
    assert told["Never names"] == ("Velmont",)
    assert "Never enters" not in told


def test_what_is_no_layer_is_told_by_its_text_alone() -> None:
    """The page shows that."""
    assert in_words("layer: [") == ()
