/** @import {Texts} from "./types.js" */

export const es = {
  twin: "Gemelo de IA",
  talk: "Conversación",
  input: "Escribe tu pregunta",
  send: "Enviar",
  mic: "Micrófono",
  stop: "Interrumpir",
  voice: "Voz",
  remember: "Recuérdame aquí",
  account: "¿Qué sabes de mí?",
  language: "Idioma",
  you: "Tú",
  connecting: "Conectando…",
  ready: "A tu disposición",
  listening: "Te escucho",
  thinking: "Pensando…",
  speaking: "Hablando",
  reconnecting: "Se cortó la conexión. Volviendo a conectar…",
  busy: "Todo ocupado. Se reintenta en {n} s",
  refused: "Sin conexión",
  moved: "Sigues en otra pestaña.",
  verbatim: "«Con mis propias palabras»",
  paraphrase: "Resumido por la IA",
  none: "De la IA, sin fuente",
  sponsored: "Contenido patrocinado",
  noEar: "Aquí no hay oído en español: con el micrófono te escucha el reconocedor de tu navegador.",
  noVoice: "Aquí no hay oído en español, ni reconocedor en tu navegador: escribe.",
  unknown_deployment: "Este gemelo no existe o ya no está activo. Avisa a quien lleva la página.",
  origin_refused: "Este gemelo no tiene permiso en esta página. Avisa a quien lleva la página.",
  denied: "El navegador no permite el micrófono. Actívalo en los permisos del sitio, o escribe.",
  nomic: "No hay micrófono. Conecta uno, o escribe.",
  error: "Algo ha fallado. Inténtalo otra vez.",
};

/** @type {typeof es} */
const en = {
  twin: "AI twin",
  talk: "Conversation",
  input: "Type your question",
  send: "Send",
  mic: "Microphone",
  stop: "Interrupt",
  voice: "Voice",
  remember: "Remember me here",
  account: "What do you know of me?",
  language: "Language",
  you: "You",
  connecting: "Connecting…",
  ready: "Ready when you are",
  listening: "Listening",
  thinking: "Thinking…",
  speaking: "Speaking",
  reconnecting: "The connection dropped. Reconnecting…",
  busy: "All lines are busy. Trying again in {n} s",
  refused: "Not connected",
  moved: "You went on in another tab.",
  verbatim: "“In my own words”",
  paraphrase: "Worded by AI",
  none: "By AI, no source",
  sponsored: "Sponsored",
  noEar: "No ear here for this language: with the microphone on, your browser’s own recogniser listens.",
  noVoice: "No ear here for this language, and your browser has no recogniser: please type.",
  unknown_deployment: "This twin does not exist or is no longer active. Please tell whoever runs the page.",
  origin_refused: "This twin is not allowed on this page. Please tell whoever runs the page.",
  denied: "The browser does not allow the microphone. Allow it in the site’s permissions, or type.",
  nomic: "No microphone was found. Plug one in, or type.",
  error: "Something went wrong. Please try again.",
};

/** @type {Record<string, Texts>} */
export const TEXTS = { es, en };

/** The first of the wished languages that is offered. @param {readonly string[]} wishes */
export const choose = (wishes, offered = Object.keys(TEXTS)) =>
  wishes.map((wish) => wish.slice(0, 2).toLowerCase()).find((wish) => offered.includes(wish)) ?? offered[0] ?? "en";
