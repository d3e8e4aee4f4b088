// The widget's own words.

const es = {
  twin: "Gemelo de IA",
  talk: "Conversación",
  input: "Tu mensaje",
  hint: "Escribe tu pregunta",
  send: "Enviar",
  mic: "Micrófono",
  stop: "Interrumpir",
  voice: "Voz",
  language: "Idioma",
  you: "Tú",
  idle: "A tu disposición",
  connecting: "Conectando…",
  ready: "A tu disposición",
  listening: "Te escucho",
  thinking: "Pensando…",
  speaking: "Hablando",
  reconnecting: "Se cortó la conexión. Volviendo a conectar…",
  busy: "Todo ocupado. Se reintenta en {n} s",
  refused: "Sin conexión",
  closed: "Conversación cerrada",
  verbatim: "«Con mis propias palabras»",
  paraphrase: "Resumido por la IA",
  sponsored: "Contenido patrocinado",
  noEar: "Por voz no hay oído propio en español: al usar el micrófono te escucha el reconocedor de tu navegador.",
  noVoice: "Aquí no hay oído en español y tu navegador no trae reconocedor de voz: escribe tu pregunta.",
  unknown_deployment: "Este gemelo no existe o ya no está activo. Avisa a quien lleva esta página.",
  origin_refused: "Este gemelo no tiene permiso para hablar en esta página. Avisa a quien la lleva.",
  denied: "El navegador no permite usar el micrófono. Actívalo en los permisos del sitio, o escribe.",
  nomic: "No se encuentra ningún micrófono que funcione. Conecta uno y pulsa otra vez, o escribe.",
  error: "Algo ha fallado. Inténtalo otra vez.",
};

/** @type {Record<keyof typeof es, string>} */
const en = {
  twin: "AI twin",
  talk: "Conversation",
  input: "Your message",
  hint: "Type your question",
  send: "Send",
  mic: "Microphone",
  stop: "Interrupt",
  voice: "Voice",
  language: "Language",
  you: "You",
  idle: "Ready when you are",
  connecting: "Connecting…",
  ready: "Ready when you are",
  listening: "Listening",
  thinking: "Thinking…",
  speaking: "Speaking",
  reconnecting: "The connection dropped. Reconnecting…",
  busy: "All lines are busy. Trying again in {n} s",
  refused: "Not connected",
  closed: "Conversation closed",
  verbatim: "“In my own words”",
  paraphrase: "Worded by AI",
  sponsored: "Sponsored",
  noEar: "There is no built-in ear for this language: with the microphone on, your browser's own recogniser listens.",
  noVoice: "There is no built-in ear for this language and your browser has no speech recogniser: please type.",
  unknown_deployment: "This twin does not exist or is no longer active. Please tell whoever runs this page.",
  origin_refused: "This twin is not allowed to talk on this page. Please tell whoever runs it.",
  denied: "The browser does not allow the microphone. Allow it in the site's permissions, or type.",
  nomic: "No working microphone was found. Plug one in and press again, or type.",
  error: "Something went wrong. Please try again.",
};

/** @type {Record<string, typeof es>} */
export const TEXTS = { es, en };

/** The first of the wished languages that is offered. @param {readonly string[]} wishes @param {readonly string[]} [offered] */
export const choose = (wishes, offered = Object.keys(TEXTS)) =>
  wishes.map((wish) => wish.slice(0, 2).toLowerCase()).find((wish) => offered.includes(wish)) ?? offered[0] ?? "en";
