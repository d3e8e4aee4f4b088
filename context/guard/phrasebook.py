"""The phrases that a twin must not say, in Spanish and English: a table.

Each line gives the places of a phrase; bars part alternatives, an empty one leaves the place out.
Words are folded as `skeleton` folds them: "i m" is "I'm".
"""

from __future__ import annotations

from functools import lru_cache

from gemelo.context.guard.builtin import Rule
from gemelo.context.guard.phrases import Node, Said
from gemelo.context.guard.skeleton import Reading

_HUMAN_ES = "humano|humana|un humano|una humana|un ser humano|una persona real|una persona humana|\
una persona de verdad|una persona de carne|un hombre real|una mujer real|un hombre de carne|\
una mujer de carne|de carne y hueso|un tipo de carne"
_HUMAN_EN = "human|a human|a human being|a real human|a real person|a real man|a real woman|\
a living person|an actual person|an actual human|flesh and blood|made of flesh"
_MACHINE_ES = "ia|inteligencia artificial|robot|bot|chatbot|maquina|programa|programa informatico|\
modelo de lenguaje|personaje virtual|asistente virtual|gemelo digital|gemelo virtual|artificial|virtual"
_MACHINE_EN = "ai|a i|artificial intelligence|bot|robot|chatbot|machine|computer|program|computer program|\
language model|virtual character|virtual assistant|digital twin|ai twin|artificial|virtual"
_I_AM = "i am|i m|im"
_I_AM_NOT = "i am not|i m not|im not|i ain t|i aint"
_CLAIMS = (
    ("soy", "|realmente|totalmente|completamente|solo|tambien", _HUMAN_ES),
    ("hablas con|hablando con|charlando con|chateando con", _HUMAN_ES),
    ("no soy", "|realmente|para nada", "|un|una|ningun|ninguna", _MACHINE_ES),
    (_I_AM, "|really|actually|just|only|totally|fully|also|definitely|as", _HUMAN_EN),
    ("talking to|talking with|speaking to|speaking with|chatting with", _HUMAN_EN),
    (_I_AM_NOT, "|actually|really", "|an|a|some", _MACHINE_EN),
    (_I_AM, "no", _MACHINE_EN),
    ("as a", "human|human being|real person|fellow human", "i|i m|i ve|like you"),
    ("como", "ser humano|persona real|humano|humana", "que soy"),
)
_IN_PERSON = (
    ("soy", "el verdadero|la verdadera|el autentico|la autentica|el real|la real", "{talent}"),
    ("soy", "{talent}", "en persona|el de verdad|la de verdad|en carne y hueso"),
    (_I_AM, "the real|really the real|the actual", "{talent}"),
    (_I_AM, "{talent}", "in person|in the flesh|for real"),
    ("talking to|talking with|speaking to|speaking with|chatting with", "the real|the actual", "{talent}"),
    (
        "hablas con|hablando con|charlando con|chateando con",
        "el verdadero|la verdadera|la autentica",
        "{talent}",
    ),
    (
        "hablas con|hablando con|charlando con|chateando con",
        "{talent}",
        "en persona|de verdad|en carne y hueso",
    ),
    ("soy", "la|el", "{first}", "de verdad|verdadera|verdadero|autentica|autentico"),
    ("soy yo", "|{first}|{talent}", "de verdad|en persona|en carne y hueso"),
    (_I_AM, "the real|the actual", "{first}"),
    ("this is|it is|it s", "really me", "|{first}|{talent}", "in person|in the flesh"),
)
_WHEN_ES = "manana|hoy|esta tarde|esta noche|este fin de semana|un dia|pronto en persona|cuando quieras|\
el lunes|el martes|el miercoles|el jueves|el viernes|el sabado|el domingo|a las|en persona|cara a cara"
_WHEN_EN = "tomorrow|tonight|today|this weekend|next week|someday|sometime|one day|in person|face to face|\
on monday|on tuesday|on wednesday|on thursday|on friday|on saturday|on sunday|after the|at the|at my|at your"
_MEETING = (
    ("nos vemos|te veo|nos encontramos", _WHEN_ES.replace("manana|hoy|", "")),
    ("nos vemos|te veo|nos encontramos|quedamos", "en mi|en tu|en el estadio|en el hotel|en la puerta"),
    ("quedamos|podemos quedar|podriamos quedar|quiero quedar|vamos a quedar", f"contigo|{_WHEN_ES}"),
    ("podemos vernos|podriamos vernos|quiero verte|vamos a vernos|conocernos", _WHEN_ES),
    ("voy a|ire a|puedo ir a|pasare a|prometo", "verte|visitarte|recogerte|buscarte|ir a tu casa"),
    ("ven a", "mi casa|mi hotel|verme|conocerme|cenar conmigo"),
    ("let s|let us|we can|we could|we should|we ll|we will|i can|i ll|i will", "meet", f"|up|you|{_WHEN_EN}"),
    ("i ll|i will|i can|i d love to|i want to|i promise to", "visit you|pick you up|see you in person"),
    ("i ll|i will|i can|i could", "come", "to your house|to your place|to your town|and see you|visit you"),
    ("meet me|see you", _WHEN_EN.replace("tomorrow|tonight|today|", "")),
    ("come to|come over to", "my house|my place|my hotel"),
    (
        "let s|we can|we could",
        "hang out|grab a coffee|have dinner|go on a date|have a drink|\
have a coffee|have coffee|get a coffee|go for a coffee|go for a drink|get a drink",
    ),
    (
        "i ll|i will|i can|i d love to|i want to|i promise to",
        "come to your",
        "party|birthday|birthday party|\
wedding|house|home|place|match|game|school|town|city",
    ),
    (
        "voy a ir a|ire a|pasare por|puedo ir a|vendre a",
        "tu",
        "casa|cumpleanos|boda|fiesta|partido|barrio|ciudad",
    ),
    (
        "te espero|te recojo|nos vemos|te veo|nos encontramos",
        "manana|hoy|luego|esta tarde|esta noche|\
el lunes|el martes|el miercoles|el jueves|el viernes|el sabado|el domingo",
        "en el|en la|en mi|en tu",
    ),
)
_FUNDS_ES = "dinero|pasta|plata|lana|guita|efectivo|bitcoin|bitcoins|criptomonedas|euros|dolares"
_FUNDS_EN = "money|cash|bitcoin|bitcoins|crypto|funds|gift cards|a gift card|a donation|\
a small donation|donations|a loan|a small loan"
_MONEY = (
    ("envia|enviame|mandame|dame|dejame|prestame|pasame|transfiereme|ingresame|doname|regalame|girame",
     "|algo de|un poco de|tu|el|unos|mas", _FUNDS_ES),
    ("necesito|me hace falta", "|tu|algo de|un poco de|mas", _FUNDS_ES),
    ("hazme|mandame|enviame|me haces|me mandas", "un bizum|un paypal|un ingreso|una transferencia"),
    ("send|give|lend|wire|transfer|pay|loan|venmo", "me|us", "|some|a little|your|any|more", _FUNDS_EN),
    ("i need|i could use", "|some|your|a little|more", _FUNDS_EN),
    ("my|mi", "paypal|venmo|cashapp|cash app|bizum|iban|patreon|bitcoin|crypto wallet|\
account number|numero de cuenta"),
    ("donate|dona|donad", "to me|to my|a mi|me|algo|now|today|here|ahora|aqui|hoy"),
    ("que me", "ingreses|mandes|envies|pases|prestes|dones|transfieras",
     "|algo de|un poco de|tu|mas", _FUNDS_ES),
    ("pasame|dame|dime|enviame|mandame",
     "tu numero de tarjeta|tu tarjeta|tu numero de cuenta|tu iban|tu pin|los datos de tu tarjeta"),
    ("give|send|tell", "me",
     "your card number|your credit card|your card details|your bank details|your pin"),
    ("pagame|comprame|pay me|buy me",),
)  # fmt: skip
_OFFERS = (
    ("for free|free of charge|totally free|completely free|absolutely free|gratis",),
    (
        "free",
        "shipping|delivery|trial|sample|samples|gift|gifts|ticket|tickets|entry|drink|drinks|bottle|\
product|products|month|refill|download|merch|shirt",
    ),
    ("envio|entrega|prueba|muestra|regalo|entrada|descarga|mes|botella", "gratuito|gratuita"),
    ("discount|discounts|discounted|coupon|coupons|voucher|vouchers|cupon|cupones|descuentos|rebajas",),
    ("con|gran|mi|tu|super|por ciento de", "descuento"),
    ("un descuento", "del|en|para"),
    ("half price|two for one|three for two|buy one get one|dos por uno|tres por dos|mitad de precio",),
    ("special|limited|exclusive|best|unbeatable|limited time", "offer|offers|deal|deals|price|prices"),
    ("oferta|ofertas|promocion|precio", "especial|limitada|exclusiva|unica|imbatible|rebajado|especiales"),
    ("promo|promotional|referral", "code|codes|price"),
    ("codigo|codigos", "promocional|promocionales|promo|descuento|de descuento"),
    ("use|enter|apply", "|my|the|this|our", "code"),
    ("usa|utiliza|introduce|mete", "|mi|el|este|nuestro", "codigo"),
    ("percent|per cent", "off|less|cheaper"),
    ("por ciento", "menos|de rebaja"),
    ("money back",),
)
_PROFANITY = (
    ("blow|hand|rim|foot", "job|jobs"),
    ("gang bang|deep throat|golden shower|jerk off|jack off|strap on|doggy style|camel toe|wet dream",),
    ("son of a", "bitch|whore"),
    ("suck my|eat my|kiss my", "dick|cock|ass|balls"),
    ("group|phone|anal|oral|gay", "sex"),
    ("hijo|hija|hijos", "de", "perra|puta|la gran puta|su madre"),
    ("vete|iros|idos|vayase", "a la", "mierda|verga|chingada"),
    ("me cago en|hacer una paja|haciendo una paja|hazte una paja|concha de tu madre|tia buena",),
)
_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand "
    "un uno una dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis "
    "diecisiete dieciocho diecinueve veinte veintiun veintiuno veintidos veintitres veinticuatro "
    "veinticinco veintiseis veintisiete veintiocho veintinueve treinta cuarenta cincuenta sesenta setenta "
    "ochenta noventa cien ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos "
    "ochocientos novecientos mil"
).split()
_CURRENCIES = "euro euros dolar dolares dollar dollars bucks quid centimos centavos pesos pavos".split()
_DIGITS = (
    "zero oh one two three four five six seven eight nine "
    "cero uno dos tres cuatro cinco seis siete ocho nueve"
).split()
_SPOKEN_NUMBER = 9
"""Digits said one by one that make a telephone number."""
_MAILBOXES = "gmail|hotmail|outlook|yahoo|icloud|protonmail"


@lru_cache(maxsize=256)
def in_person(talent: str) -> Node:
    """The trie of what only the talent in person may say."""
    root, name = Node(), Reading(talent).said
    first = (name.split() or [""])[0]
    for places in _IN_PERSON:
        named = (place.replace("{talent}", name).replace("{first}", first) for place in places)
        root.add(Rule.CLAIMS, Said.STATED, *named)
    return root


@lru_cache(maxsize=1)
def phrases() -> Node:
    """The trie of all phrases that are the same for every twin: it is large, and many talents share it."""
    root = Node()
    for places in _CLAIMS:
        root.add(Rule.CLAIMS, Said.STATED, *places)
    for places in _MEETING:
        root.add(Rule.MEETING, Said.STATED, *places)
    for places in _MONEY:
        root.add(Rule.MONEY, Said.NOT_DENIED, *places)
    for places in _OFFERS:
        root.add(Rule.OFFERS, Said.ANYHOW, *places)
    for places in _PROFANITY:
        root.add(Rule.PROFANITY, Said.ANYHOW, *places)
    root.add(Rule.PERSONAL_DATA, Said.ANYHOW, "arroba", _MAILBOXES)
    root.add(Rule.PERSONAL_DATA, Said.ANYHOW, "at", _MAILBOXES, "|dot", "com|es|net|org")
    return root


@lru_cache(maxsize=1)
def amounts_in_words() -> Node:
    """Any number in words, then a currency."""
    number = Node({"and": Node(), "y": Node(), "con": Node()})
    for word in _NUMBERS:
        number[word] = number
        for joined in ("and", "y", "con"):
            number[joined][word] = number
    for currency in _CURRENCIES:
        number.add(Rule.OFFERS, Said.ANYHOW, currency)
    return Node(dict.fromkeys(_NUMBERS, number))


@lru_cache(maxsize=1)
def spoken_numbers() -> Node:
    """As many digits one by one as a telephone number has."""
    node = Node()
    node.rule = Rule.PERSONAL_DATA
    for _ in range(_SPOKEN_NUMBER):
        node = Node(dict.fromkeys(_DIGITS, node))
    return node
