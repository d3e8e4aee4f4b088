"""Words that fans use for one thing, as data. Folded; search takes the words of a line for one word.

What a Mexican, an Argentine and a Spaniard call a shirt; what both sides of the Atlantic call football.
"""

from __future__ import annotations

_SPANISH = """
balon pelota bola esferico
campo cancha
portero arquero guardameta golero cancerbero
porteria arco
penalti penaltis penal penalty
corner corners
orsai orsay offside
prorroga alargue
descanso entretiempo mediotiempo
aficionado hincha fan fans fanatico fanaticada seguidor simpatizante torcedor
camiseta playera remera polera casaca
botas botines chuteras guayos tachones
espinilleras canilleras
arbitro referi referee colegiado
entrenador entrenadora dt mister coach
delantero atacante ariete
defensa zaguero defensor
centrocampista mediocampista volante
mediocentro pivote
extremo puntero
enganche mediapunta
futbol balompie
regate gambeta drible dribbling finta
chutar patear rematar disparar
golpear pegar
marcar anotar
partido match
torneo campeonato
regla norma reglamento
cambiar sustituir reemplazar
empate igualar
empezar comenzar iniciar arrancar
terminar acabar finalizar
ganar vencer
ganador vencedor
victoria triunfo
crear inventar
hablar charlar conversar platicar
cantar cantico cancion
festejar celebrar
quitar sacarse
mejorar perfeccionar progresar
lesion lastimar
consejo aconsejar tip tips recomendacion sugerencia sugerir
apodo sobrenombre mote
patrocinador patrocinio sponsor sponsors auspiciante
bonito lindo hermoso bello precioso
chiste broma
gracioso divertido comico chistoso
reir reirme reirnos risa rie
triste deprimido bajon desanimado
enojado enfadado cabreado furioso
feliz contento alegre alegria
nervios nervioso ansioso ansiedad
miedo temor
nino nene pibe chaval crio infantil
mujer femenino femenil
hombre masculino varon
antiguo viejo
rapido veloz velocidad
lento despacio
ordenador computadora
movil celular telefono
trabajo laburo chamba empleo
foto fotografia selfie
preferir preferis preferido favorito
entrenar practicar
jugar juego
jugador futbolista
equipo cuadro
resultado marcador
expulsar expulsion
sancion suspension suspender
pitar silbato
barrera pared
poste palo
larguero travesano
bandera banderin
suplente banquillo banca
numero dorsal
formacion alineacion
atacar ataque
contraataque contragolpe
presion pressing
cabezazo cabecear
toque tocar
jueguitos dominadas
cano tunel
correr carrera
parar detener
espacio hueco
mover movimiento desmarque
fuerte potente fuerza potencia
cansado cansancio
resistencia aguante
doler dolor
medico doctor
remedio medicina pastilla
comer almorzar comida alimento
beber tomo
dormir sueno
lluvia llover
dia dias
ano anos
primero primer
proximo siguiente
mitad medio
grande gran
pequeno chico
corto bajito
facil sencillo simple
dificil complicado
curioso curiosidad
raro extrano
tonto idiota estupido
amable simpatico
genial crack excelente barbaro buenisimo
verdad verdadero cierto
mentir mentira
real existir existis
web portal
privado privacidad
contrasena clave
nacer nacio
morir murio muerte
padre papa
madre mama
esposo marido
amor amar encantar
gracias agradecer
perdon disculpa
usar utilizar
probar intentar
elegir escoger elijo elige
pregunta duda
responder respuesta contestar
opinar opinion
recordar acordar
decidir decision
salir irse
volver regresar
dinero guita plata
entrada boleto
sueldo salario
gratis gratuito
suceder ocurrir
permitir dejar
pelear pelea
casa hogar
europa europeo
africa africano
espana espanol
brasil brasileno
alemania aleman
italia italiano
francia frances
mexico mexicano
cuento anecdota
sede anfitrion
fichaje fichar traspaso
pronostico predecir
tele television
narrar relatar narracion
bombo tambor
grada tribuna
publico multitud
rival contrario
derbi clasico
supersticion mania cabala amuleto
cromo figuritas
baloncesto basquet
idioma lengua
error fallo equivocar
ocasion oportunidad
manera forma modo
lugar sitio
medir mide
cesped pasto hierba
adversario oponente
cantera juveniles
diferente distinto
revisar repeticion
autobus colectivo micro
vestir ropa
pelo cabello
banda lado
anadir agregar sumar
pinchar reventar
ordenar desordenar desorden
apoyar alentar animar
lograr conseguir
interesar interes
lanzar lanzamiento tirar
agarrar atrapar coger
unir juntar
separar dividir
reunir conocer
cubrir tapar
aparecer aparicion
rechazar negar
desear deseo
torta pastel
enfermedad covid
link enlace
loteria quiniela
horoscopo signo
coche auto carro
normal comun
enseguida pronto
callado silencio
pereza vago
calma tranquilo
organizar armar armo
plantel plantilla
sprint pique
descenso descender
ascenso ascender
fingir simular
efecto rosca
eres sos
tu vos
tienes tenes
puedes podes
quieres queres
dices decis
"""

_NOUNS = """
estadio estrategia eliminatoria ejercicio gimnasio frio principio familia novia odiar estudiar
precio enviar violencia pais barrio historia noticia radio tenis pronunciar distancia serio
pie puesto puesta soldado piel duelo sonido peso
tecnologia vacio sucio limpio feriado desperdiciar equilibrio
"""
"""Spanish words that keep the ending which the past of verbs loses: "estadio" is no form of "estado"; or the
diphthong that verbs lose: "puesto" is no form of "poste"."""

SYNONYMS: dict[str, tuple[str, ...]] = {
    "es": (*_SPANISH.strip().splitlines(), *_NOUNS.split()),
    "en": (
        "goalkeeper keeper goalie gk",
        "referee ref",
        "pitch field",
        "match game",
        "football soccer footie footy",
        "fan supporter",
        "boots cleats",
        "shirt jersey",
        "coach manager gaffer",
        "draw drew drawn tie tied",
        "shoot shot",
        "win won",
        "lose lost defeat",
        "begin began begun start",
        "kid child children",
        "man men",
        "woman women female",
        "foot feet",
        "teach taught",
        "throw threw thrown",
        "injury injured injure hurt",
        "practice practise train",
        "advice tip tips",
        "striker forward",
        "sad gutted upset",
        "angry mad furious",
        "happy glad",
        "afraid scared",
        "invent create",
        "song chant",
        "eat ate eaten",
    ),
}
