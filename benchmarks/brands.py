"""Names and sentences for the guard's benchmark: a table.

The brands are well known; the sentences about ordinary things beside them were written by the author of
the matcher's present form, not by a stranger: read their figure as a floor.
"""

from __future__ import annotations

BRANDS = (
    "Adidas|Pepsi|Heineken|Samsung|Toyota|Gatorade|Spotify|Movistar|Carrefour|Mercadona|Vodafone|Volkswagen"
    "|Hyundai|Reebok|Decathlon|Iberdrola|Zalando|Powerade|Coca-Cola|Cruzcampo|Fanta|Schweppes"
    "|Codere|Herbalife|Huawei|Xiaomi|Gillette|Nesquik|Santander|Danone|Budweiser|Chevrolet"
    "|Mastercard|Netflix|Qatar Airways|Estrella Galicia|Joma|Kelme|Umbro|Rexona|Bridgestone|Pirelli"
).split("|")
"""Real ones of five letters or more that are no words."""
COMMON = (
    "Burger King|Telefónica|Visa|Seat|Puma|Target|Apple|Orange|Shell|Tiger|Corona|Mango|Dove|Amazon"
    "|Red Bull|Monster|Total"
).split("|")
"""Brands that are ordinary words."""
SHORT = "Nike|Fiat|Audi|Ikea|Lidl|Zara|Sony|Asus|Dior|Bmw".split("|")
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
    "He mentioned {} and everyone laughed.",
    "It reminds me of {} on a summer day.",
    "Think of {} and take a breath.",
)
_FRAMES_ES = (
    "Ayer hablamos de {} durante una hora.",
    "Mencionó {} y todos se rieron.",
    "Me recuerda a {} en un día de verano.",
    "Piensa en {} y respira hondo.",
)
_THINGS_EN = (
    "a puma in the mountains|the target audience|an apple pie|a glass of orange juice|a shell on the beach"
    "|a tiger behind the trees|the red bull that charged|a dove on the roof|the amazon of the legend"
    "|a monster under the bed|the total number of goals|a hike with Mike|a pep talk|a fantasy novel"
    "|an audio book|a fiat of the king|a tourist visa|an idea for later|a little garden|my seat in row two"
    "|the corona of the sun|a mango tree|the burger of the king|a movie star|the new phone"
    "|a santa in the snow|Sara and her sister|the sonny boy|the samba of the crowd|a toy car"
    "|the power of trade|a cross field pass|the nest of a bird|a gilet in the cold|the net and the flicks"
    "|the master of cards|a hundred days|the cod in the pan|a bridge of stone|a pile of leaves"
    "|the umbrella by the door|the dancing crowd|a bud of spring|a wiser man|a rebound|the decade of my life"
    "|a code of honour|a spot of sun|the herbal tea|the folk songs"
).split("|")
_THINGS_ES = (
    "un puma de la sierra|el color naranja|una corona de flores|un mango maduro|un tigre dormido"
    "|la visa del viaje|el total de goles|una seta del bosque|los audios del equipo|un santo de madera"
    "|la estrella de la mañana|el movimiento sin balón|una jota aragonesa|la gorra del capitán|un toro rojo"
    "|el rebote del balón|la fanfarria del estadio|una idea de Sara|la nieve del norte|el decatlón olímpico"
    "|la manzana del huerto|la paloma blanca|el monstruo del lago|la diana del dardo|la concha del mar"
    "|la amazona del cuento|el rey de la hamburguesa|la estrella de cine|mi asiento en la grada"
    "|la santa paciencia|el cruce de campos|la tela del abrigo|el móvil de mi primo|el mercado de la plaza"
    "|la coca de verano|la cola del cine|la pepita de oro|la danza del norte|el nido vacío|la joya de la casa"
    "|el queso curado|el humo del fondo|la razón de todo|el puente de piedra|la pila del reloj|el maestro"
    "|el carro de fuego|la red y la pelota|la hierba mojada|el código de honor"
).split("|")
BENIGN = tuple(
    frame.format(thing)
    for frames, things in ((_FRAMES_EN, _THINGS_EN), (_FRAMES_ES, _THINGS_ES))
    for frame in frames
    for thing in things
)
"""400 sentences about things that are called almost as a brand is, or just so."""
