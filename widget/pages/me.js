// A fan sees, saves and erases what is kept of them. The token stands behind the address's #.

const { pathname, search, hash } = location;
const token = hash.slice(1);
history.replaceState(null, "", pathname + search); // not for the next one at this screen
const language = (new URLSearchParams(search).get("lang") ?? navigator.language).startsWith("es") ? "es" : "en";

const TEXTS = {
  es: {
    kept: "Esto es todo lo que hay.",
    nothing: "Aquí no se guarda nada de ti.",
    refused: "Este enlace ya no sirve: ábrelo otra vez desde el gemelo.",
    failed: "Ahora mismo no se puede. Inténtalo más tarde.",
    erased: "Borrado. Aquí ya no se guarda nada de ti.",
    none: "Nada.",
    you: "Tú: ",
    twin: "Gemelo: ",
  },
  en: {
    kept: "This is all there is.",
    nothing: "Nothing is kept of you here.",
    refused: "This link is of no use any more: open it again from the twin.",
    failed: "This cannot be done right now. Please try again later.",
    erased: "Erased. Nothing is kept of you here any more.",
    none: "Nothing.",
    you: "You: ",
    twin: "Twin: ",
  },
};
const texts = TEXTS[language];

/** @param {string} id */
const find = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} text @param {boolean} [kept] */
function tell(text, kept = false) {
  find("status").textContent = text;
  find("kept").hidden = !kept;
}

/** @param {string} tag @param {string} text */
function element(tag, text) {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

/** @param {string} method @returns {Promise<any>} undefined where it could not be done */
async function ask(method) {
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch("/v1/me", { method, headers }).catch(() => undefined);
  if (response?.ok) return response.json();
  tell(response && response.status < 500 ? texts.refused : texts.failed);
}

/** @param {{session: string, at: number, turns: {fan: string, twin: string}[]}} talk */
function shown({ at, turns }) {
  const section = document.createElement("section");
  section.append(element("h3", new Date(at).toLocaleString(language)));
  for (const { fan, twin } of turns) section.append(element("p", texts.you + fan), element("p", texts.twin + twin));
  return section;
}

/** @param {string} id @param {string[]} lines */
function list(id, lines) {
  find(id).replaceChildren(...(lines.length ? lines : [texts.none]).map((line) => element("li", line)));
}

/** @param {{facts: {text: string}[], talks: any[], leads: {contact: string, interest: string}[]}} account */
function show(account) {
  const { facts, talks, leads } = account;
  list("facts", facts.map(({ text }) => text));
  list("leads", leads.map(({ contact, interest }) => `${contact}: ${interest}`));
  find("talks").replaceChildren(...talks.map(shown));
  const file = new Blob([JSON.stringify(account, null, 2)], { type: "application/json" });
  /** @type {HTMLAnchorElement} */ (find("save")).href = URL.createObjectURL(file);
  const some = facts.length + talks.length > 0;
  tell(some ? texts.kept : texts.nothing, some);
}

document.documentElement.lang = language;
document.title = document.querySelector(`meta[name="title-${language}"]`)?.getAttribute("content") ?? document.title;
const sure = /** @type {HTMLDialogElement} */ (find("sure"));
find("erase").addEventListener("click", () => sure.showModal());
sure.addEventListener("close", async () => {
  if (sure.returnValue === "yes" && (await ask("DELETE"))) tell(texts.erased);
});
if (token) ask("GET").then((account) => account && show(account));
else tell(texts.refused);
