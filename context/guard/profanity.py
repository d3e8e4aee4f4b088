"""Profanity, slurs and pornography in English and Spanish: a small list of our own, and how it is found.

Words are found as they are, stretched ("fuuuck"), starred ("f*ck"), cut up ("fu.ck"), glued ("fuckyou"), with
signs for letters ("sh1t"), letter by letter ("f. u. c. k"), backwards and in rot13. Words that are also
harmless (`culo`, `tit`, `cock`) are listed only in the forms that seldom are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from gemelo.context.guard.codes import ROT13
from gemelo.context.guard.glyphs import INVISIBLE, PUNCTUATION
from gemelo.context.guard.lexicon import lexicon
from gemelo.context.guard.skeleton import Reading, Skeleton, key

_ENDINGS_EN = """
fuck: ed er ers in ing s face faced head heads tard tards wit wits boy boys able up off nut
motherfuck: er ers ing in a as a
shit: s ty ter ting ted head heads hole holes face bag bags show ass fest load
bullshit: s ting ter
bitch: es y ing in ass
asshole: s
arsehole: s
dumbass: es
jackass: es
smartass:
fatass:
asswipe: s
asshat: s
cunt: s y lick licker licking
dickhead: s
dicksuck: er ing
cocks: ucker uckers ucking uck
pussy: cat
pussies:
twat: s
wank: er ers ing s
slut: s ty
whore: s house
bollock: s
titties:
titty:
tits:
boobs:
boobies:
piss: ed ing er es off pig
nigg: er ers a as az
nigger: s dom
faggot: s ry
fagg: ot
fags:
kike: s
spic: s
gook: s
wetback: s
tranny:
trannies:
raghead: s
towelhead: s
darkie: s
jigaboo: s
coons:
paki: s
dyke: s
retarded:
porn: o s os ography ographic hub star
blowjob: s
handjob: s
rimjob: s
rimming:
cum: ming shot shots slut
jizz: ed
masturbat: e es ed ing ion or
dildo: s es
orgasm: s ic ed
orgy:
orgies:
boner: s
clit: s oris
horny:
milf: s
hentai:
bukkake:
bdsm:
deepthroat: ing
creampie: s
gangbang: s ed er
threesome: s
hooker: s
nudes:
upskirt: s
camgirl: s
camslut: s
camwhore: s
fisting:
fellatio:
fellate:
cunnilingus:
sodom: ize ised ized y ite
buttplug: s
butthole: s
buttcheeks:
analsex:
assfuck: er ing
fingerbang: ing
footjob: s
pedophil: e es ia
paedophil: e es ia
pedobear:
incest: uous
bestiality:
zoophil: ia ic
necrophil: ia ac
shemale: s
smut: ty
spunk:
splooge:
pthc:
yiff: y
ejaculat: e ed ing ion
nympho: s mania maniac
erotic: a ism
bondage:
dominatrix:
strapon:
voyeur: s ism
swinger: s
vulva: s
scat:
raping:
rapist: s
schlong: s
wanker: s
slanteye: s
beaner: s
bastard: s o
bangbros:
playboy:
goatse:
tubgirl:
nipple: s
nsfw:
ass: es
anus:
anal:
penis: es
vagina: s
semen:
rape: d s
cock: s
fag: s
tosser: s
tit:
kinky:
nude:
nudity:
panties:
poontang:
quim:
queef: s
vibrator: s
viagra:
twink: s
clusterfuck: s
apeshit:
bunghole: s
jailbait:
circlejerk:
femdom:
futanari:
felching:
pubes:
muffdiver: s
doggystyle:
pikey: s
spastic: s
honkey: s
bulldyke: s
bimbo: s
nazi: s
neonazi: s
"""
_ENDINGS_ES = """
puta: s da das zo
puto: s
putear:
puton: a as es
putero: s
putilla: s
hijoputa: s
hijaputa: s
hijueputa: s
jueputa:
mierd: a as oso osa
jod: er ete ido ida idos idas an as amos iendo a
joderos:
gilipoll: as a ez eces
cabron: a as es azo azos ada
cabrones:
polla: s
pollon:
chupapolla: s
comepolla: s
soplapolla: s
cojon: es udo udos uda azo
acojonante:
descojono:
maric: on ona ones as onazo
marica: s
maricones:
pendej: o a os as ada adas
ching: ar ada adas ado ados ate aderas on ones
verga: s zo
culero: s
culiao:
culos:
carajo: s
zorras:
guarra: s
ramera: s
follar: se
follad: a o as os
follando:
follen:
mamada: s
mamon: a es
mamahuevo: s
mamaguevo: s
pajillero: s
pajote:
tetas:
tetona: s
cagar: se la
cagon: a es
cagaste:
cagate:
cagando:
cagada: s
cago:
subnormal: es
sudaca: s
negrata: s
bollera: s
travelo: s
cipote: s
pelotud: o a os as ez
bolud: o a os as ez
huevon: a es
malparid: o a os as
gonorrea: s
chocho: s
porno: grafia grafico grafica
pornografia:
orgia: s
orgasmo: s
follame:
hdp:
bastardo: s
culo: s
lameculos:
jilipollas:
follador: a es as
coprofagia:
pezon: es
pene: s
esperma:
idiota: s
imbecil: es
pedo: s
soplagaitas:
pervertido: a s as
"""
_WITH_ENYE = frozenset({"coño", "coños", "coñazo", "coñazos"})
"""Without its tilde the first is a cone."""
_GLUED = ("fuck", "shit", "bitch", "motherf", "nigger", "hijoput", "mierda", "cabron", "gilipoll", "pornh")
"""How longer words begin that no dictionary knows."""
_MIN_STRETCHED = 4
"""Letters that a word has left when its repeats are taken out, to be read as stretched."""
_MIN_SPELLED = 4
"""Letters that are read although they stand alone."""
_APOSTROPHE = re.compile("['’]")
_CUT_AT_ALL = re.compile(r"[^ .]\.[^ .]")
_CUT = re.compile(r"(?<![^ ])[^ .]++(?:\.[^ .]++)+(?![^ ])")
_STARRED = re.compile(r"(?<!\S)[^\w\s]*(\w+[*#_]+\w*)")


def _expanded(table: str) -> Iterator[str]:
    for line in table.split("\n"):
        stem, _, endings = line.partition(":")
        if stem:
            yield stem
            yield from (stem + ending for ending in endings.split())


PROFANE = frozenset((*_expanded(_ENDINGS_EN), *_expanded(_ENDINGS_ES))) - {
    *("jod", "mierd", "ching", "maric", "cojon", "pendej", "nigg", "cocks", "fagg", "masturbat"),
    *("pelotud", "bolud", "malparid", "follad", "ejaculat", "sodom", "zoophil", "necrophil", "pedophil"),
    *("paedophil", "gilipoll", "motherfuck", "dicksuck"),
}
_BY_KEY = frozenset(map(key, PROFANE))
_SPELLED = re.compile("|".join(sorted(word for word in PROFANE if len(word) >= _MIN_SPELLED)))


def profanities(reading: Reading) -> Iterator[tuple[int, int]]:
    """Where a reading is profane, as indices into what is `written`."""
    for skeleton in reading.skeletons:
        odd = {word for word in skeleton.vocabulary - lexicon().common if _is_odd(word)}
        odd |= skeleton.vocabulary & PROFANE
        cones = {"cono", "conos", "conazo", "conazos"} & skeleton.vocabulary
        if odd or cones:
            for word, (start, end) in zip(skeleton.spoken, skeleton.places, strict=True):
                enye = word in cones and reading.written[start:end].casefold() in _WITH_ENYE
                if enye or word in odd:
                    yield start, end
        yield from _spelled(skeleton)
        yield from _cut_up(reading.written, skeleton.flat)
    if "*" in reading.written or "#" in reading.written:
        yield from _starred(reading.written)


def _is_odd(word: str) -> bool:
    """Whether a word that is not common is a profane one, disguised."""
    bare = key(word)
    stretched = len(bare) >= _MIN_STRETCHED and bare != word and bare in _BY_KEY
    hidden = len(word) >= _MIN_SPELLED and (word[::-1] in PROFANE or word.translate(ROT13) in PROFANE)
    return (stretched or hidden or word.startswith(_GLUED)) and not lexicon().knows(word)


def _spelled(skeleton: Skeleton) -> Iterator[tuple[int, int]]:
    for run in skeleton.spelled:
        if len(run.letters) >= _MIN_SPELLED and _SPELLED.search(run.letters):
            yield skeleton.places[run.first][0], skeleton.places[run.after - 1][1]


def _cut_up(written: str, flat: str) -> Iterator[tuple[int, int]]:
    """Words with signs inside: "fu.ck", "mier-da". An apostrophe is none: "who're"."""
    for token in _CUT.finditer(flat) if _CUT_AT_ALL.search(flat) else ():
        parts = token[0].replace(INVISIBLE, "").split(PUNCTUATION)
        whole = "".join(parts)
        profane = whole in PROFANE and len(whole) >= _MIN_SPELLED
        if profane and not (_APOSTROPHE.search(written, *token.span()) or lexicon().common.issuperset(parts)):
            yield token.span()


def _starred(text: str) -> Iterator[tuple[int, int]]:
    for found in _STARRED.finditer(text):
        wanted = re.compile(re.sub(r"[*#_]", "[a-z]", found[1].lower()))
        if any(map(wanted.fullmatch, PROFANE)):
            yield found.span(1)
