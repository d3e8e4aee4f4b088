/** @import {Activity, Grant, Texts} from "./types.js" */
/** @import {Conversation} from "./conversation.js" */
import { DRAWING } from "./drawing.js";
import { request } from "./session.js";
import { SHEET } from "./style.js";
import { choose, es, TEXTS } from "./texts.js";

/** A page may be denied its own. @type {Record<string, string>} */
let store = {};
try {
  store = localStorage;
} catch {}

/** @param {string} name @param {string} path @param {string} [more] */
const button = (name, path, more = "") =>
  `<button class="${name}" ${more}><svg viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg><span></span></button>`;

const FRAME = `<div class="frame"><section class="stage">${DRAWING}<div><p class="badge"></p><p class="sponsor"></p><p class="status"></p></div></section>
<section class="talk"><div class="intro"><slot></slot></div><ol class="log" tabindex="0"></ol><p class="notice" role="alert"></p>
<form><input maxlength="4000" autocomplete="off" enterkeyhint="send">${button("send", "M5 12h13M12 5l7 7-7 7")}</form>
<div class="tools">${button("mic", "M12 15a3 3 0 003-3V6a3 3 0 10-6 0v6a3 3 0 003 3zM6 11v1a6 6 0 0012 0v-1M12 18v3", 'aria-pressed="false"')}
${button("voice", "M4 10v4h4l5 4V6L8 10zM16 9a4 4 0 010 6M18 6a8 8 0 010 12", 'aria-pressed="true"')}
${button("stop", "M7 7h10v10H7z", 'aria-disabled="true"')}${button("remember", "M12 20l-7-7a4 4 0 017-5 4 4 0 017 5z", 'aria-pressed="false"')}<a target="_blank"></a><select></select></div><p class="ear"></p>
<div class="sr" role="log" aria-live="polite"></div></section></div>`;

export class GemeloTwin extends HTMLElement {
  static observedAttributes = ["language"];

  /** Made by the first gesture: browsers let a page sound only from then on. @type {AudioContext | undefined} */
  context;
  #root = this.attachShadow({ mode: "open" });
  /** @type {Grant | undefined} */ #grant;
  /** @type {Promise<Conversation> | undefined} */ #conversation;
  /** @type {Activity} */ #state = "connecting";
  #language = "";
  /** @type {Texts} */ texts = es;

  constructor() {
    super();
    this.#root.adoptedStyleSheets = [SHEET];
    this.#root.innerHTML = FRAME;
    const input = /** @type {HTMLInputElement} */ (this.find("input"));
    for (const event of ["focusin", "pointerdown"]) this.#root.addEventListener(event, () => this.#converse());
    this.find("form").onsubmit = (event) => {
      event.preventDefault();
      this.ask(input.value);
      input.value = "";
    };
    const select = /** @type {HTMLSelectElement} */ (this.find("select"));
    select.onchange = () => (this.language = select.value);
    this.find(".mic").onclick = () => this.#gesture((conversation) => conversation.toggleMic());
    this.find(".voice").onclick = () => this.#gesture((conversation) => conversation.toggleVoice());
    this.find(".remember").onclick = () => this.#gesture((conversation) => conversation.remember());
    this.find(".stop").onclick = () => this.interrupt();
  }

  connectedCallback() {
    document.addEventListener("keydown", this);
    this.language ||= choose(navigator.languages);
    request(this).then(
      (grant) => {
        this.adopt(grant);
        this.report("idle");
      },
      () => this.#converse(),
    );
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this);
    this.#conversation?.then((conversation) => conversation.close());
    this.#conversation = undefined;
    this.context?.close();
    this.context = undefined;
  }

  /** @param {KeyboardEvent} event */
  handleEvent({ key }) {
    if (key === "Escape") this.interrupt();
  }

  attributeChangedCallback() {
    this.language = this.getAttribute("language") ?? "";
  }

  /** Replace it to add headers, a proxy or a log. @param {string} url @param {RequestInit} init */
  fetch(url, init) {
    return fetch(url, init);
  }

  get server() {
    return this.getAttribute("server") || import.meta.url;
  }

  get deployment() {
    return this.getAttribute("deployment") ?? "";
  }

  /** What the twin is doing, as `gemelo-state` last said. */
  get state() {
    return this.#state;
  }

  /** Whether the server can hear the language that is spoken. */
  get ear() {
    return !!this.#grant?.deployment.ears[this.#language];
  }

  get language() {
    return this.#language;
  }

  set language(wish) {
    const language = choose([wish], this.#grant?.deployment.languages);
    if (!wish || language === this.#language) return;
    this.#language = language;
    this.texts = TEXTS[language] ?? this.texts;
    this.#label();
    this.#conversation?.then((conversation) => conversation.speak(language));
    this.emit("language", { language });
  }

  /** Says something to the twin as if the fan had typed it. @param {string} text */
  ask(text) {
    if (text.trim()) this.#gesture((conversation) => conversation.ask(text.trim()));
  }

  /** Stops the twin where it is. */
  interrupt() {
    this.#conversation?.then((conversation) => conversation.stop());
  }

  /** @param {(conversation: Conversation) => void} act */
  #gesture(act) {
    this.context ??= new AudioContext({ sampleRate: 24000, latencyHint: "interactive" });
    this.context.resume();
    this.#converse().then(act);
  }

  /** Visitors who only read hold no session: the socket opens when somebody reaches for the widget. */
  #converse() {
    return (this.#conversation ??= import("./conversation.js").then(
      ({ Conversation }) => new Conversation(this, this.#grant),
    ));
  }

  /** Takes on what the server says of this deployment. @param {Grant} grant */
  adopt(grant) {
    this.#grant = grant;
    this.keep(grant.fan);
    this.language = choose([this.#language], grant.deployment.languages);
    this.#label();
  }

  /** @param {Grant["deployment"]["sponsor"]} sponsor */
  rebrand(sponsor) {
    Object.assign(this.#grant?.deployment ?? {}, { sponsor });
    this.#label();
  }

  /** The token by which this fan is known again here. */
  get fan() {
    return store[this.#place] ?? "";
  }

  /** @param {string | null} token */
  keep(token) {
    if (token) store[this.#place] = token;
    else delete store[this.#place];
    this.#label();
  }

  get #place() {
    return `gemelo-${this.deployment}`;
  }

  /** @param {Activity} state @param {number} [seconds] until the next try */
  report(state, seconds = 0) {
    this.find(".status").textContent = (this.texts[state] ?? this.texts.ready).replace("{n}", `${seconds}`);
    this.find(".stage").dataset.state = state;
    if (state !== this.#state) this.emit("state", { state: (this.#state = state) });
  }

  /** @param {string} name @param {object} detail */
  emit(name, detail) {
    this.dispatchEvent(new CustomEvent(`gemelo-${name}`, { detail, bubbles: true, composed: true }));
  }

  /** @param {string} selector */
  find(selector) {
    return /** @type {HTMLElement} */ (this.#root.querySelector(selector));
  }

  /** Writes every fixed word in the fan's language. */
  #label() {
    const { texts } = this;
    const { badge, sponsor, languages = [], ears, memory } = this.#grant?.deployment ?? {};
    for (const section of this.#root.querySelectorAll("section")) section.lang = this.#language;
    this.find(".badge").textContent = badge?.[this.#language] ?? texts.twin;
    this.find(".sponsor").textContent = sponsor?.line[this.#language] ?? "";
    this.find(".log").ariaLabel = texts.talk;
    Object.assign(this.find("input"), { ariaLabel: texts.input, placeholder: texts.input });
    for (const name of ["send", "mic", "voice", "stop", "remember"]) this.find(`.${name} span`).textContent = texts[name] ?? "";
    const select = this.find("select");
    select.ariaLabel = texts.language;
    select.hidden = languages.length < 2;
    select.replaceChildren(
      ...languages.map((code) => {
        const name = new Intl.DisplayNames(code, { type: "language" }).of(code);
        return new Option(name, code, false, code === this.#language);
      }),
    );
    Object.assign(this.find(".remember"), { hidden: !memory, ariaPressed: `${!!this.fan}` });
    const href = new URL(`/v1/me/page?lang=${this.#language}#${this.fan}`, this.server);
    Object.assign(this.find("a"), { hidden: !this.fan, textContent: texts.account, href });
    const deaf = !!ears && !this.ear;
    const recogniser = "SpeechRecognition" in window || "webkitSpeechRecognition" in window;
    this.find(".ear").textContent = (deaf && texts[recogniser ? "noEar" : "noVoice"]) || "";
    /** @type {HTMLButtonElement} */ (this.find(".mic")).disabled = deaf && !recogniser;
    this.report(this.#state);
  }
}

customElements.define("gemelo-twin", GemeloTwin);
