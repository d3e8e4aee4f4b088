"""Spanish words in English, as data: the encoder has read little else than English.

`PHRASES` and `GRAMMAR` are taken as they are; a line of `WORDS` holds for the inflections of its words
too, and words of one line are one word to the other parts of the search: what a Mexican, an Argentine and a
Spaniard call a shirt. Folded. Everyday words and those of football; where a word has two meanings, the one
that is likelier in talk.
"""

from __future__ import annotations

PHRASES = {
    "fuera de juego": "offside",
    "fuera de lugar": "offside",
    "posicion adelantada": "offside position",
    "saque de banda": "throw-in",
    "saque de esquina": "corner kick",
    "tiro de esquina": "corner kick",
    "saque de puerta": "goal kick",
    "saque de meta": "goal kick",
    "saque inicial": "kick-off",
    "tiro libre": "free kick",
    "balon parado": "set piece",
    "pelota parada": "set piece",
    "balon de oro": "ballon d'or golden ball",
    "copa del mundo": "world cup",
    "tarjeta amarilla": "yellow card",
    "tarjeta roja": "red card",
    "doble amarilla": "second yellow card",
    "tiempo anadido": "added time",
    "tiempo extra": "extra time",
    "juego limpio": "fair play",
    "juez de linea": "linesman",
    "jueces de linea": "linesmen",
    "punto de penalti": "penalty spot",
    "punto penal": "penalty spot",
    "tanda de penaltis": "penalty shoot-out",
    "tanda de penales": "penalty shoot-out",
    "propia puerta": "own goal",
    "gol en contra": "own goal",
    "en contra": "against",
    "ley de la ventaja": "advantage rule",
    "mano a mano": "one on one",
    "a favor": "for",
    "futbol sala": "futsal",
    "inteligencia artificial": "artificial intelligence",
    "por que": "why",
    "por favor": "please",
    "por ejemplo": "for example",
    "para que": "what for",
    "que como": "what eat",
    "que tal": "how are you",
    "que onda": "what is up",
    "que hay": "what is up",
    "de donde": "where from",
    "a que hora": "what time",
    "que hora": "what time",
    "cada cuanto": "how often",
    "cuanto tiempo": "how long",
    "cuanto dura": "how long is",
    "cuanto mide": "how big is",
    "cuanto cuesta": "how much is",
    "cuanto vale": "how much is",
    "cuanto gana": "how much earns",
    "hace cuanto": "how long ago",
    "a veces": "sometimes",
    "tal vez": "maybe",
    "otra vez": "again",
    "de nuevo": "again",
    "primera vez": "first time",
    "sin querer": "accidentally",
    "de verdad": "really real",
    "en serio": "seriously",
    "en vivo": "live",
    "en directo": "live",
    "en casa": "at home",
    "hasta luego": "see you later",
    "hasta manana": "see you tomorrow",
    "buenos dias": "good morning",
    "buen dia": "good morning",
    "buenas tardes": "good afternoon",
    "buenas noches": "good night",
    "muchas gracias": "many thanks",
    "mil gracias": "many thanks",
    "me gusta": "I like",
    "te gusta": "do you like",
    "me gustan": "I like",
    "te gustan": "do you like",
    "me gustaria": "I would like",
    "me llamo": "my name is",
    "te llamas": "your name is",
    "como te llamas": "what is your name",
    "como se llama": "what is called",
    "me duele": "hurts me",
    "tengo miedo": "I am afraid",
    "me da miedo": "I am afraid",
    "tengo hambre": "I am hungry",
    "tengo sed": "I am thirsty",
    "tengo sueno": "I am sleepy",
    "cuantos anos": "how old",
    "que edad": "what age",
    "hay que": "one must",
    "tengo que": "I must",
    "tiene que": "must",
    "tienes que": "you must",
    "tenes que": "you must",
    "hacer goles": "score goals",
    "hacer un gol": "score a goal",
    "meter goles": "score goals",
    "meter un gol": "score a goal",
    "metio un gol": "scored a goal",
    "mas goles": "most goals",
    "goles metio": "goals scored",
    "estados unidos": "United States",
    "paises bajos": "Netherlands",
    "se dice": "is said",
    "se puede": "can one",
    "se pueden": "can one",
    "se juega": "is played",
    "ya no": "no longer",
    "todavia no": "not yet",
    "mas o menos": "more or less",
    "fin de semana": "weekend",
    "me ayudas": "can you help me",
    "me aburro": "I am bored",
    "tiempo libre": "free time",
    "pierna mala": "weak leg",
    "primer toque": "first touch",
    "presion alta": "high press",
    "tras perdida": "after losing the ball",
    "bloque bajo": "low block",
    "delantero centro": "striker",
    "defensa central": "centre-back",
    "volante central": "holding midfielder",
    "falso nueve": "false nine",
    "pierna izquierda": "left foot",
    "pierna derecha": "right foot",
    "camiseta puesta": "wearing the shirt",
    "llevas puesto": "are you wearing",
    "de que equipo": "which team",
    "mano de dios": "hand of god",
}

GRAMMAR = {
    "the": "el la los las lo al",
    "of": "de del",
    "a": "un una",
    "some": "unos unas algun alguna algunos algunas alguno",
    "in": "en",
    "to": "a hacia",
    "for": "para por pa",
    "with": "con",
    "without": "sin",
    "and": "y e",
    "or": "o u",
    "not": "no",
    "nor": "ni",
    "if": "si",
    "but": "pero sino",
    "what": "que",
    "which": "cual cuales",
    "who": "quien quienes",
    "when": "cuando",
    "where": "donde adonde",
    "how": "como",
    "how much": "cuanto cuanta",
    "how many": "cuantos cuantas",
    "because": "porque",
    "is": "es esta",
    "are": "son estan eres sos estas sois",
    "am": "soy estoy",
    "we are": "somos estamos",
    "was": "fue era estaba estuvo",
    "were": "fueron eran estaban eras fuiste",
    "be": "ser estar",
    "been": "sido",
    "being": "siendo estando",
    "there is": "hay",
    "there was": "habia hubo",
    "has": "ha tiene",
    "have": "he han has hemos tengo tienes tenes tienen tenemos tener",
    "had": "tenia tuvo tuve tuvieron tenian",
    "do": "hago haces hacer hacen hacemos hace haga",
    "did": "hizo hice hiciste hicieron",
    "can": "puede puedes puedo podes pueden podemos poder",
    "could": "podria podrias podia pudo",
    "must": "debe debo debes deben debemos deberia",
    "should": "conviene deberian",
    "want": "quiero quieres queres quiere quieren querer",
    "would like": "quisiera gustaria",
    "know": "sabes sabe saben sabemos saber",
    "knew": "sabia supo",
    "go": "voy vas va vamos van ir",
    "going": "yendo",
    "went": "fui fuimos",
    "say": "digo dices decis dice dicen decir dime decime diga",
    "said": "dijo dije dijeron dicho",
    "tell": "cuentame contame cuentas contas",
    "see": "veo ves ve ven ver vemos",
    "seen": "visto",
    "give": "doy das da dan dar dame deme",
    "gave": "dio dieron di",
    "come": "vengo vienes viene vienen venir",
    "came": "vino vinieron",
    "put": "pongo pones pone ponen poner puso pusieron",
    "bring": "traigo trae traer trajo",
    "hear": "oigo oyes oir oyen",
    "believe": "creo crees cree creer creen",
    "read": "leo lees lee leer",
    "fall": "caigo cae caer caen",
    "I": "yo",
    "you": "tu vos usted te ti os ustedes vosotros",
    "she": "ella",
    "they": "ellos ellas",
    "we": "nosotros nos",
    "it": "ello",
    "me": "me mi",
    "my": "mis mio mia",
    "your": "tus tuyo tuya su sus",
    "our": "nuestro nuestra nuestros nuestras",
    "him": "le",
    "them": "les",
    "this": "este esto",
    "these": "estos",
    "that": "ese esa eso aquel aquella",
    "those": "esos esas aquellos aquellas",
    "here": "aqui aca",
    "there": "alli ahi alla",
    "more": "mas",
    "less": "menos",
    "very": "muy re",
    "much": "mucho mucha",
    "many": "muchos muchas",
    "little": "poco poca poquito",
    "few": "pocos pocas",
    "too": "tambien demasiado",
    "already": "ya",
    "still": "todavia aun",
    "always": "siempre",
    "never": "nunca jamas",
    "now": "ahora ahorita",
    "today": "hoy",
    "yesterday": "ayer",
    "last night": "anoche",
    "tomorrow": "manana",
    "before": "antes",
    "after": "despues luego tras",
    "during": "durante",
    "until": "hasta",
    "since": "desde",
    "between": "entre",
    "on": "sobre",
    "under": "bajo debajo",
    "against": "contra",
    "inside": "dentro adentro",
    "outside": "fuera afuera",
    "above": "arriba encima",
    "behind": "atras detras",
    "forward": "adelante delante",
    "near": "cerca",
    "far": "lejos",
    "each": "cada",
    "all": "todo toda todos todas",
    "other": "otro otra otros otras",
    "same": "mismo misma mismos mismas",
    "nothing": "nada",
    "something": "algo",
    "nobody": "nadie",
    "somebody": "alguien",
    "none": "ninguno ninguna ningun",
    "only": "solo solamente",
    "almost": "casi",
    "well": "bien",
    "badly": "mal",
    "better": "mejor mejores",
    "worse": "peor peores",
    "like": "tan tanto",
    "then": "entonces pues",
    "while": "mientras",
    "although": "aunque",
    "both": "ambos ambas",
    "one": "uno",
    "two": "dos",
    "three": "tres",
    "four": "cuatro",
    "five": "cinco",
    "six": "seis",
    "seven": "siete",
    "eight": "ocho",
    "nine": "nueve",
    "ten": "diez",
    "eleven": "once",
    "hello": "hola holi buenas",
    "bye": "adios chau chao",
    "yes": "sip",
    "okay": "vale dale",
    "hey": "che oye oiga",
}

WORDS = """
ball: balon pelota bola esferico
pitch: campo cancha
goalkeeper: portero arquero guardameta golero cancerbero
goal frame: porteria arco
penalty: penalti penaltis penal penales penalty penalties
corner: corner corners
offside: orsai orsay offside
extra time: prorroga alargue
half-time break: descanso entretiempo mediotiempo
fan: aficionado aficion hincha hinchada fan fans fanatico fanaticada seguidor simpatizante torcedor
shirt: camiseta playera remera polera casaca
boots: botas botines chuteras guayos tachones
shin pads: espinilleras canilleras
referee: arbitro referi referee colegiado
coach: entrenador dt mister coach
striker: delantero atacante ariete
defender: defensa zaguero defensor
midfielder: centrocampista mediocampista volante
holding midfielder: mediocentro pivote
full-back: lateral
wing-back: carrilero
winger: extremo puntero
sweeper: libero
playmaker: enganche mediapunta
player: futbolista jugador
dribble: regate regatear gambeta gambetear drible driblar dribbling finta
shoot: chutar chut patear rematar remate disparar disparo
hit: golpear pegar pegada
score: marcar anotar
goalscorer: goleador
match: partido match
tournament: torneo campeonato
league: liga
rule: regla norma reglamento
change: cambiar sustituir sustitucion reemplazar
draw: empate empatar igualar igualado
start: empezar comenzar iniciar arrancar
finish: terminar acabar finalizar
win: ganar vencer
winner: ganador vencedor
champion: campeon campeona
victory: victoria triunfo
lose: perder perdida
defeat: derrota
invent: crear inventar
talk: hablar charlar conversar platicar charla
sing: cantar canto cantico cancion
celebrate: festejar celebrar festejo
take off: quitar sacarse
improve: mejorar perfeccionar progresar
injury: lesion lesionar lastimar
advice: consejo aconsejar tip tips recomendacion recomendar sugerencia sugerir
nickname: apodo sobrenombre mote
sponsor: patrocinador patrocinio patrocinar sponsor sponsors auspiciante auspiciar
beautiful: bonito lindo hermoso bello precioso
joke: chiste broma
funny: gracioso divertido comico chistoso
laugh: reir reirme reirnos risa rie
sad: triste deprimido bajon desanimado
angry: enojado enfadado enojar enfadar cabreado furioso
happy: feliz contento alegre alegria
nervous: nervios nervioso ansioso ansiedad
fear: miedo temor
child: niño nene pibe chaval crio infantil
woman: mujer femenino femenil
man: hombre masculino varon
old: antiguo viejo
fast: rapido veloz velocidad
slow: lento despacio
food: comida alimento alimentacion
computer: ordenador computadora computador
phone: movil celular telefono
work: trabajo trabajar laburo chamba empleo
photo: foto fotografia selfie
stadium: estadio
state: estado
favourite: favorito preferido preferida
prefer: preferir prefiero prefieres preferis
train: entrenar entreno entrenamiento practicar
technical: tecnica
tactics: tactica
strategy: estrategia
play: jugar juego juegas jugas juega jugada
football: futbol balompie
world cup: mundial mundiales
goal: gol goles
great goal: golazo
team: equipo cuadro
club: club
national team: seleccion
cup: copa
trophy: trofeo
final: final
semifinal: semifinal
group: grupo
knockout: eliminatoria
round: ronda
season: temporada
points: punto puntos
result: resultado marcador
table: clasificacion
foul: falta
card: tarjeta
yellow: amarilla amarillo
red: rojo roja
send off: expulsar expulsion expulsado
ban: sancion suspension suspender
whistle: pitar silbato pita
line: linea
area: area
wall: barrera pared
post: poste palo
crossbar: larguero travesaño
net: red redes
flag: bandera banderin
captain: capitan
armband: brazalete
substitute: suplente banquillo banca
starter: titular
number: numero dorsal
position: posicion puesto
formation: formacion alineacion
system: sistema
attack: atacar ataque
defend: defender
counter-attack: contraataque contragolpe
press: presion presionar pressing
mark: marcaje marca
pass: pase pasar
cross: centrar
header: cabezazo cabecear
head: cabeza
foot: pie pies
hand: mano manos
arm: brazo
leg: pierna piernas
shoulder: hombro
knee: rodilla
ankle: tobillo
chest: pecho
back: espalda
body: cuerpo
eye: ojo
heart: corazon
face: cara
left-footed: zurda zurdo
left: izquierda izquierdo
right: derecha derecho
control: control controlar
touch: toque tocar
juggle: jueguitos dominadas
volley: volea
bicycle kick: chilena
nutmeg: caño tunel
run: correr carrera corro
jump: saltar salto
kick off: saque sacar saco
save: atajar atajada parada
stop: parar detener
steal: robar
protect: proteger
block: bloquear
clear: despejar
space: espacio hueco
move: mover movimiento desmarque
possession: posesion
speed up: acelerar
strong: fuerte potente fuerza potencia
weak: debil
tired: cansado cansancio cansar cansarme
rest: descansar
stamina: resistencia aguante
endure: aguantar
warm up: calentar calentamiento caliento
stretch: estirar estiro estiramiento
exercise: ejercicio
gym: gimnasio pesas
muscle: musculo
cramp: calambre
stitch: flato
hurt: doler duele dolor
sick: enfermo
doctor: medico doctor
medicine: remedio medicina pastilla
health: salud
eat: comer comes almorzar
breakfast: desayuno desayunar
dinner: cena cenar ceno
lunch: almuerzo
drink: beber bebida bebo tomo tomar
water: agua
beer: cerveza
coffee: cafe
sugar: azucar
fruit: fruta
meat: carne
bread: pan
diet: dieta
weight: peso pesar
lose weight: adelgazar
sleep: dormir duermo duermes sueño
dream: soñar sueños
breathe: respirar
sweat: sudar
heat: calor
cold: frio
rain: lluvia llover llueve
weather: clima
sun: sol
wind: viento
day: dia dias
night: noche
morning: madrugada
afternoon: tarde
week: semana
weekend: finde
month: mes meses
year: año años
hour: hora
minute: minuto minutos
second: segundo segundos
time: tiempo
moment: momento
century: siglo
monday: lunes
sunday: domingo
saturday: sabado
birthday: cumpleaños
christmas: navidad
first: primero primer primera
last: ultimo ultima
next: proximo siguiente
half: mitad medio
part: parte
end: fin
beginning: principio inicio
big: grande gran
small: pequeño chico chica
short: corto bajito
tall: alto
long: largo
new: nuevo nueva
young: joven
older: mayor
good: bueno buen buena
bad: malo mala
easy: facil sencillo simple
difficult: dificil complicado
important: importante
famous: famoso
popular: popular
boring: aburrido aburrir
interesting: interesante
curious: curioso curiosidad
strange: raro extraño
crazy: loco
stupid: tonto idiota estupido
useless: inutil
kind: amable simpatico copado
great: genial crack excelente barbaro buenisimo
best: optimo
true: verdad verdadero cierto
lie: mentir mentira
real: real existir existis
person: persona
people: gente
human: humano
robot: robot bot
machine: maquina
program: programa programar
virtual: virtual
digital: digital
twin: gemelo gemela
artificial: artificial
intelligence: inteligencia
voice: voz
screen: pantalla
page: pagina
website: web portal
internet: internet
camera: camara
microphone: microfono
data: datos
private: privado privada privacidad
save data: guardar
record: grabar
secret: secreto
password: contraseña clave
name: nombre
surname: apellido
age: edad
born: nacer nacio naciste nacido
live: vivir vives vive
life: vida
die: morir murio muerte
family: familia
father: padre papa
mother: madre mama
parents: padres
son: hijo
daughter: hija
brother: hermano
wife: esposa
husband: esposo marido
girlfriend: novia
boyfriend: novio
married: casado casar
friend: amigo amiga
love: amor amar encantar
hate: odiar odio
like: gustar gusto
feel: sentir siento
feelings: sentimiento
emotion: emocion
joy: disfrutar
cry: llorar
lonely: soledad
bored: aburrimiento
stress: estres estresado
confidence: confianza
motivation: motivacion motivar
luck: suerte
help: ayudar ayuda ayudas
thanks: gracias agradecer
sorry: perdon disculpa
welcome: bienvenido
need: necesitar
use: usar utilizar
try: probar intentar
choose: elegir escoger elijo elige
learn: aprender
teach: enseñar
study: estudiar
understand: entender
explain: explicar
mean: significar significado
ask: preguntar
question: pregunta duda
answer: responder respuesta contestar
listen: escuchar
look: mirar
show: mostrar
write: escribir
think: pensar piensas
opinion: opinar opinion opinas
remember: recordar acordar acuerdas recuerdas
forget: olvidar
decide: decidir decision
wait: esperar
arrive: llegar llego
leave: salir irse
enter: entrar
return: volver regresar vuelvo
stay: quedar
carry: llevar
buy: comprar
sell: vender
pay: pagar
money: dinero guita plata
price: precio
ticket: entrada boleto
market: mercado
salary: sueldo salario
free: gratis gratuito
open: abrir
close: cerrar
send: enviar
find: encontrar
search: buscar
happen: suceder ocurrir
allow: permitir permitido dejar
forbid: prohibir prohibido
punish: castigar castigo
avoid: evitar
behave: comportar
respect: respeto respetar
insult: insultar insulto
fight: pelear pelea
violence: violencia
racism: racismo
war: guerra
peace: paz
politics: politica
president: presidente
vote: votar voto
government: gobierno
country: pais
city: ciudad
world: mundo
street: calle
house: casa hogar
school: escuela colegio
neighbourhood: barrio
south america: sudamerica
europe: europa europeo
africa: africa africano
spain: españa español
english: ingles
england: inglaterra
argentina: argentina argentino
brazil: brasil brasileño
uruguay: uruguay uruguayo
germany: alemania aleman
italy: italia italiano
france: francia frances
mexico: mexico mexicano
history: historia
story: cuento anecdota
legend: leyenda
origin: origen
ancient: antiguamente
modern: moderno
free: libre
surprise: sorpresa
thrashing: goleada
shame: verguenza
host: sede anfitrion
presenter: presentador presentadora
news: noticia noticias
transfer: fichaje fichar traspaso
contract: contrato
bet: apostar apuesta
prediction: pronostico predecir
video: video
television: tele television
radio: radio
commentate: narrar relatar narracion
journalist: periodista
scarf: bufanda
colours: color colores
crest: escudo
mascot: mascota
anthem: himno
drum: bombo tambor
stand: grada tribuna
atmosphere: ambiente
crowd: publico multitud
rival: rival rivalidad contrario
derby: derbi clasico
superstition: supersticion mania cabala amuleto
ritual: ritual
gift: regalo regalar
collect: coleccionar
stickers: cromo figuritas
video game: videojuego
book: libro
film: pelicula
music: musica
game: partida
sport: deporte
basketball: baloncesto basquet
tennis: tenis
art: arte
dance: bailar baile
riddle: adivinanza
poem: poema
language: idioma lengua
word: palabra
speak: pronunciar
translate: traducir
homework: tarea
weakness: defecto
character: caracter
mistake: error fallo fallar equivocar equivocado
wrong: incorrecto
problem: problema
chance: ocasion oportunidad
advantage: ventaja
disadvantage: desventaja
difference: diferencia
reason: razon motivo
way: manera forma modo
thing: cosa
topic: tema
place: lugar sitio
distance: distancia
metre: metro metros
width: ancho
size: tamaño
measure: medir mide
weigh: pesa
natural: natural
grass: cesped pasto hierba
mud: barro
artificial turf: sintetico
leather: cuero
gold: oro
talent: talento
leader: lider
teammate: compañero
opponent: adversario oponente
partner: pareja
professional: profesional
amateur: amateur
beginner: principiante
teenager: adolescente
youth academy: cantera juveniles
course: curso
test: prueba
level: nivel
plan: plan
idea: idea
example: ejemplo
possible: posible
impossible: imposible
different: diferente distinto
fair: justo
unfair: injusto
serious: serio
dangerous: peligro peligroso
safe: seguro
technology: tecnologia
video referee: var
review: revisar repeticion
goalless: goleo
full: lleno
empty: vacio
dirty: sucio
clean: limpio limpiar
dead: muerto
alive: vivo viva
switch off: apagar
switch on: encender
replace: reemplazo
visitor: visitante
home team: local
away: visita
abroad: extranjero
travel: viajar viaje
bus: autobus colectivo micro
hotel: hotel
stock: acciones
religion: religion
wear: vestir ropa
socks: medias
shorts: pantalon
glove: guante guantes
ring: anillo
glasses: gafas lentes
earring: pendiente arete
hair: pelo cabello
lateral: costado
side: banda lado
middle: centro
top: cima
add: añadir agregar sumar añadido
miss: errar
burst: pinchar reventar pincha
order: ordenar desordenar orden desorden
shake: temblar
legs: patas
get out of breath: ahogar
support: apoyar apoyo alentar animar
shout: gritar grito
turn: girar giro
keep: mantener
succeed: lograr conseguir
serve: servir
seem: parecer
interest: interesar interes
worry: preocupar preocupado
fail: fracasar fracaso
rise: subir
come down: bajar
get up: levantar
sit: sentarse sentado
throw: lanzar lanzamiento tirar
thrower: lanzador
catch: agarrar atrapar coger agarrarla
grow: crecer
raise: alzar
break: romper
join: unir juntar
split: separar dividir
meet: reunir conocer conoces
invite: invitar
compare: comparar
count: cuenta
cost: costar
belong: pertenecer
hide: esconder
chase: perseguir
reach: alcanzar
push: empujar
pull: jalar estirarse
cover: cubrir tapar
close down: achicar
lack: faltar
exist: existencia
appear: aparecer aparicion
disappear: desaparecer
share: compartir
offer: ofrecer
accept: aceptar
refuse: rechazar negar
wish: desear deseo
hope: esperanza
hobby: pasatiempo aficiones
free day: feriado
holiday: vacaciones
party: fiesta
cake: torta pastel
chocolate: chocolate
snow: nieve nevar
fever: fiebre
cough: tos
disease: enfermedad covid
abortion: aborto
debt: deuda
credit: credito
code: codigo
link: link enlace
dollar: dolar
euro: euro
lottery: loteria quiniela
horoscope: horoscopo signo
dog: perro
cat: gato
car: coche auto carro
plane: avion
law: ley
authority: autoridad
decide upon: resolver
exact: exacto
normal: normal comun
special: especial
quick: enseguida pronto
late: tardar
early: temprano
louder: volumen
quiet: callado silencio callar
humble: humilde
proud: orgullo orgulloso
brave: valiente
shy: timido
lazy: pereza vago
calm: calma tranquilo
strategic: estrategico
organise: organizar armar armo
squad: plantel plantilla
trainer: preparador
fitness: fisico
sprint: sprint pique arrancada
warm: caliente
about: acerca
relegation: descenso descender
promotion: ascenso ascender
bench: banco
fall down: caerse tirarse
pretend: fingir simular
clock: reloj
added time: descuento
waste: desperdiciar
bounce: rebote botar bote
spin: efecto rosca
height: altura
balance: equilibrio
coordination: coordinacion
agility: agilidad
vision: vision
tackle: barrida barrer
mix: mixto
beach: playa
blind: ciego
"""
