"""Names and sentences for the guard's benchmark: a table.

The brands are well known; the sentences about ordinary things beside them were written by the author of
the matcher's present form, not by a stranger: read their figure as a floor.
"""

from __future__ import annotations

BRANDS = (
    "Adidas|Pepsi|Heineken|Samsung|Toyota|Gatorade|Spotify|Movistar|Carrefour|Mercadona|Vodafone|Volkswagen"
    "|Hyundai|Reebok|Decathlon|Iberdrola|Zalando|Powerade|Coca-Cola|Burger King|Cruzcampo|Fanta|Schweppes"
    "|Codere|Herbalife|Huawei|Xiaomi|Gillette|Nesquik|Santander|Telefónica|Danone|Budweiser|Chevrolet"
    "|Mastercard|Netflix|Qatar Airways|Estrella Galicia|Joma|Kelme|Umbro|Rexona|Bridgestone|Pirelli"
).split("|")
"""Real ones of five letters or more that are no words."""
COMMON = "Puma|Target|Apple|Orange|Shell|Tiger|Corona|Mango|Dove|Amazon|Red Bull|Monster|Total".split("|")
"""Brands that are ordinary words."""
SHORT = "Nike|Fiat|Audi|Ikea|Lidl|Zara|Visa|Sony|Asus|Dior|Bmw|Seat".split("|")
"""Names of three or four letters."""
CARRIERS = (
    "Honestly, I think {} is the best there is.",
    "Have you tried {}, my friend?",
    "My favourite will always be {}.",
    "If I had to choose, {} for every match.",
    "Creo que {} es lo mejor, la verdad.",
    "¿Has probado {}, amigo?",
    "Yo siempre llevo {} a los partidos.",
    "Te lo digo yo: {}.",
)
_FRAMES_EN = (
    "Yesterday we talked about {} for an hour.",
    "There was {} in the story she told.",
    "Nobody forgets {} after a match like that.",
    "He mentioned {} and everyone laughed.",
    "I would draw {} for the children.",
    "What a picture: {} in the rain.",
    "They compared it to {} again.",
    "Think of {} and take a breath.",
    "My coach used to speak of {} before training.",
    "It reminds me of {} on a summer day.",
)
_FRAMES_ES = (
    "Ayer hablamos de {} durante una hora.",
    "En el cuento que leyó salía {}.",
    "Nadie se olvida de {} después de un partido así.",
    "Mencionó {} y todos se rieron.",
    "A los niños les dibujaría {}.",
    "Qué estampa, {} bajo la lluvia.",
    "Lo compararon otra vez con {}.",
    "Piensa en {} y respira hondo.",
    "Mi entrenador hablaba de {} antes de entrenar.",
    "Me recuerda a {} en un día de verano.",
)
_THINGS_EN = (
    "a puma in the mountains|the target audience|an apple pie|a glass of orange juice|a shell on the beach"
    "|a tiger behind the trees|the red bull that charged|a dove on the roof|the amazon of the legend"
    "|a monster under the bed|the total number of goals|a hike with Mike|a pep talk|a fantasy novel"
    "|an audio book|a fiat of the king|a tourist visa|an idea for later|a little garden|my seat in row two"
)
_THINGS_ES = (
    "un puma de la sierra|el color naranja|una corona de flores|un mango maduro|un tigre dormido"
    "|la visa del viaje|el total de goles|una seta del bosque|los audios del equipo|un santo de madera"
    "|la estrella de la mañana|el movimiento sin balón|una jota aragonesa|la gorra del capitán|un toro rojo"
    "|el rebote del balón|la fanfarria del estadio|una idea de Sara|la nieve del norte|el decatlón olímpico"
)
BENIGN = tuple(
    frame.format(thing)
    for frames, things in ((_FRAMES_EN, _THINGS_EN), (_FRAMES_ES, _THINGS_ES))
    for frame in frames
    for thing in things.split("|")
)
"""400 sentences about things that are called almost as a brand is, or just so."""
