/** @import {Detail, Frame, Grant, Listener, Said, Site, World} from "./types.js" */
import { request } from "./session.js";

const LONGEST_WAIT = 8000;
const BUSY_WAIT = 5000;
const RATE_WAIT = 1000;

/** Milliseconds before attempt n (from 0): doubled each time, half of it jitter. @param {number} n @param {number} random */
export const backoff = (n, random) => Math.min(500 * 2 ** n, LONGEST_WAIT) * (0.5 + random / 2);

/** @type {World} */
const WORLD = { socket: (url) => new WebSocket(url), later: (run, ms) => setTimeout(run, ms) };

export class Wire {
  #site;
  #listener;
  #world;
  #grant;
  /** @type {WebSocket | undefined} */ #socket;
  /** @type {string | null} */ #resume = null;
  /** @type {Map<string, string>} */ #outbox = new Map();
  /** @type {Said[]} */ #unheard = [];
  #attempt = 0;
  #ready = false;
  #closed = false;

  /** @param {Site} site @param {Listener} listener @param {Grant} [grant] one that is still unused */
  constructor(site, listener, grant, world = WORLD) {
    this.#site = site;
    this.#listener = listener;
    this.#world = world;
    this.#grant = grant;
    this.#open();
  }

  close() {
    this.#closed = true;
    this.send("disconnect-bot");
    this.#socket?.close(1000);
  }

  /** Sends a typed turn, and again until the server has taken it. @param {string} content @param {string} [id] */
  say(content, id = crypto.randomUUID()) {
    this.#outbox.set(id, content);
    this.send("send-text", { content }, id);
  }

  /** @param {string} t @param {object} [d] */
  tell(t, d) {
    this.send("client-message", { t, d });
  }

  /** Fans speak as soon as they press the button. @param {Said} said */
  heard(said) {
    if (this.#ready) this.tell("transcript", said);
    else this.#unheard = [...this.#unheard.filter(({ final }) => final), said];
  }

  /** One frame, if the session is up. @param {string} type @param {object} [data] @param {string} [id] */
  send(type, data, id) {
    if (this.#ready || type === "client-ready")
      this.#socket?.send(JSON.stringify({ label: "rtvi-ai", type, id, data }));
  }

  /** @param {ArrayBuffer} pcm s16le mono 16 kHz */
  audio(pcm) {
    if (this.#ready) this.#socket?.send(pcm);
  }

  async #open() {
    this.#listener.onstatus(this.#attempt ? "reconnecting" : "connecting");
    try {
      const grant = await this.#take();
      if (this.#closed) return;
      const url = new URL(grant.url, this.#site.server);
      url.searchParams.set("token", grant.token);
      this.#listen((this.#socket = this.#world.socket(url.href)));
    } catch (error) {
      const refusal = /** @type {Detail} */ (error);
      if (!refusal.last) this.#retry(refusal);
      else if (this.#resume) {
        this.#resume = null;
        this.#open();
      } else this.#listener.onstatus("refused", refusal);
    }
  }

  /** The grant at hand while it is fresh, or a new one. */
  async #take() {
    const held = this.#grant;
    this.#grant = undefined;
    if (held && held.until > Date.now()) return held;
    const grant = await request(this.#site, this.#resume);
    this.#site.adopt(grant);
    return grant;
  }

  /** @param {WebSocket} socket */
  #listen(socket) {
    /** @type {Detail} */ let error = { wait: 0 };
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.send("client-ready", { version: "1", about: { library: "gemelo-widget" } });
    socket.onmessage = ({ data }) => {
      if (typeof data !== "string") return this.#listener.onaudio(data);
      /** @type {Frame} */ const frame = JSON.parse(data);
      const { type, id = "" } = frame;
      if (type === "bot-ready") this.#welcome(frame.data.resume);
      else if (type === "bot-llm-started") this.#taken(id);
      else if (type === "error") {
        error = frame.data;
        const content = this.#outbox.get(id);
        this.#outbox.delete(id);
        if (content && error.code === "too_many") return this.#world.later(() => this.say(content, id), RATE_WAIT);
      }
      this.#listener.onframe(frame);
    };
    socket.onclose = ({ code }) => {
      this.#ready = false;
      if (code === 4410) this.#listener.onstatus("refused");
      else if (code === 4409) this.#listener.onstatus("refused", { code: "moved", wait: 0 });
      else this.#retry({ ...error, wait: 0, ...(code === 4503 && { code: "busy" }) });
    };
  }

  /** @param {string} resume */
  #welcome(resume) {
    this.#resume = resume;
    if (!this.#outbox.size) this.#attempt = 0;
    this.#ready = true;
    this.#listener.onstatus("open");
    this.tell("voice", { on: this.#listener.voice });
    for (const said of this.#unheard.splice(0)) this.heard(said);
    for (const [id, content] of this.#outbox) this.send("send-text", { content }, id);
  }

  /** A reply began: what was typed up to its message has arrived. @param {string} id */
  #taken(id) {
    this.#attempt = 0;
    for (const key of this.#outbox.keys()) {
      this.#outbox.delete(key);
      if (key === id) break;
    }
  }

  /** @param {Detail} why */
  #retry({ code, wait }) {
    if (this.#closed) return;
    const busy = code === "busy";
    const ms = wait || (busy ? BUSY_WAIT : backoff(this.#attempt, Math.random()));
    this.#attempt++;
    this.#world.later(() => this.#open(), ms);
    this.#listener.onstatus(busy ? "busy" : "reconnecting", { wait: ms });
  }
}
