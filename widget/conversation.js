/** @import {Activity, Detail, Frame, Grant, Playhead, Status} from "./types.js" */
/** @import {GemeloTwin} from "./gemelo.js" */
/** @import {VoiceOut} from "./voice-out.js" */
import { Captions, isEcho } from "./captions.js";
import { Face } from "./face.js";
import { Log } from "./log.js";
import { Wire } from "./wire.js";

export class Conversation {
  #twin;
  #face;
  #log;
  #wire;
  #captions = new Captions();
  /** @type {Status} */ #status = "connecting";
  /** When the wire tries again (ms since the epoch). */
  #until = 0;
  /** @type {Promise<VoiceOut> | undefined} */ #voice;
  /** @type {Promise<{close(): void} | undefined> | undefined} */ #mic;
  /** @type {Playhead} */ #playhead = { turn: "", ms: 0, playing: false };
  /** The turn whose audio comes in, and the one whose audio is no longer wanted. */
  #speaking = "";
  #hushed = "";
  #thinking = false;
  voice = true;

  /** @param {GemeloTwin} twin @param {Grant} [grant] */
  constructor(twin, grant) {
    this.#twin = twin;
    this.#face = new Face(twin.find(".face"));
    this.#log = new Log(twin.find(".log"), twin.find(".sr"), twin);
    this.#wire = new Wire(twin, this, grant);
  }

  close() {
    this.#closeMic();
    this.#wire.close();
  }

  /** @param {string} text */
  ask(text) {
    this.#hush();
    this.#prepare();
    this.#notice();
    this.#log.show(this.#captions.typed(text));
    this.#thinking = true;
    this.#wire.say(text);
    this.#refresh();
  }

  /** Stops the twin where it is. */
  stop() {
    if (!this.#engaged) return;
    this.#hush();
    this.#wire.tell("interrupt");
    this.#thinking = false;
    this.#refresh();
  }

  /** Turns the twin's voice on or off. */
  toggleVoice() {
    this.voice = !this.voice;
    this.#prepare();
    this.#play((voice) => voice.mute(!this.voice));
    this.#wire.tell("voice", { on: this.voice });
    this.#refresh();
  }

  /** The fan agrees to be known again, or takes that back. */
  remember() {
    this.#wire.tell("remember", { on: !this.#twin.fan });
  }

  /** Opens or closes the microphone. */
  toggleMic() {
    if (this.#mic) this.#closeMic();
    else this.#mic = this.#listen();
    this.#prepare();
    this.#refresh();
  }

  /** @param {string} language */
  speak(language) {
    this.#wire.tell("language", { language });
    if (!this.#mic) return;
    this.#closeMic();
    this.toggleMic();
  }

  /** @param {Status} status @param {Detail} [detail] */
  onstatus(status, detail) {
    const { texts } = this.#twin;
    this.#status = status;
    this.#until = Date.now() + (detail?.wait ?? 0);
    if (status === "open" && this.#mic) this.#wire.tell("mic", { on: true });
    if (status === "reconnecting" || status === "busy") {
      const reply = this.#captions.entries.findLast((entry) => entry.who === "twin" && !entry.settled);
      if (reply) this.#log.show(this.#captions.cut(reply.turn, reply.text));
      this.#hush();
      this.#thinking = false;
      this.#speaking = this.#hushed = "";
      this.#log.say(texts.reconnecting);
    }
    if (status === "refused") this.#closeMic();
    if (status === "refused" && detail) this.#notice(texts[detail.code ?? ""] ?? (detail.message || texts.error));
    this.#refresh();
  }

  /** @param {ArrayBuffer} pcm */
  onaudio(pcm) {
    const turn = this.#speaking;
    if (turn !== this.#hushed) this.#play((voice) => voice.push(turn, pcm));
  }

  /** @param {Frame} frame */
  onframe({ type, data = {} }) {
    const { turn, text } = data;
    if (type === "server-message") this.#onMessage(data.t, data.d);
    else if (type === "user-transcription") {
      this.#log.show(this.#captions.heard(text, data.final));
      this.#thinking = data.final && !!text;
    } else if (type === "bot-llm-started") {
      this.#captions.begin(turn);
      this.#thinking = true;
    } else if (type === "bot-llm-text") {
      this.#log.show(this.#captions.write(turn, text));
      this.#thinking = false;
    } else if (type === "bot-llm-stopped") {
      const entry = this.#captions.end(turn, data.sentences);
      this.#log.show(entry);
      this.#thinking = false;
      this.#twin.emit("reply", { ...data, text: entry.text });
    } else if (type === "bot-started-speaking") this.#speaking = turn;
    else if (type === "bot-stopped-speaking") this.#speaking = this.#hushed = "";
    else if (type === "bot-tts-text") this.#captions.word(turn, text, data.from_ms, data.to_ms);
    else if (type === "error") {
      this.#thinking = false;
      this.#notice(this.#twin.texts[data.code] ?? data.message);
    }
    this.#refresh();
  }

  /** @param {string} t @param {any} d */
  #onMessage(t, d) {
    if (t === "resume" || d.code === "store") this.#thinking = false;
    if (t === "remember") this.#twin.keep(d.token);
    else if (t === "visemes") this.#face.learn(d.turn, d.items);
    else if (t === "pause" || t === "resume") this.#play((voice) => voice.send(t));
    else if (t === "flush") {
      this.#play((voice) => voice.send("flush"));
      this.#log.show(this.#captions.cut(d.turn, d.heard));
    } else if (t === "policy") this.#twin.rebrand(d.sponsor);
    else if (t === "unbranded") this.#twin.toggleAttribute(t, true);
    else if (t === "notice" && (d.code !== "no_ear" || this.#twin.ear)) this.#notice(d.text);
  }

  /** Whether there is something to stop. */
  get #engaged() {
    return this.#thinking || this.#playhead.playing || this.#speaking !== this.#hushed;
  }

  /** Loads the voice; what it is to play until then waits in the promise. */
  #prepare() {
    const { context } = this.#twin;
    if (!this.voice || !context) return;
    this.#voice ??= import("./voice-out.js").then(({ open }) => open(context, (playhead) => this.#onPlayhead(playhead)));
  }

  /** @param {(voice: VoiceOut) => void} act */
  #play(act) {
    this.#voice?.then(act);
  }

  #hush() {
    this.#hushed = this.#speaking;
    this.#play((voice) => voice.send("flush"));
  }

  /** @param {Playhead} playhead */
  #onPlayhead(playhead) {
    this.#playhead = playhead;
    this.#wire.tell("playback", { turn: playhead.turn, ms: Math.round(playhead.ms) });
    if (playhead.playing) this.#play((voice) => this.#face.follow(() => this.#mark(voice)));
    this.#refresh();
  }

  /** @param {VoiceOut} voice */
  #mark({ playhead }) {
    this.#log.mark(playhead.playing ? this.#captions.reply(playhead.turn) : undefined, playhead.ms);
    return playhead;
  }

  async #listen() {
    const { listen } = await import("./mic.js");
    const mic = await listen(this.#twin.ear, this.#twin.language, {
      onaudio: (pcm) => this.#wire.audio(pcm),
      ontext: (text, final) => this.#onTranscript(text, final),
      onerror: (code) => {
        this.#closeMic();
        this.#notice(this.#twin.texts[code]);
      },
    });
    if (mic && this.#mic) this.#wire.tell("mic", { on: true });
    return mic;
  }

  #closeMic() {
    if (!this.#mic) return;
    this.#mic.then((mic) => mic?.close());
    this.#mic = undefined;
    this.#wire.tell("mic", { on: false });
    this.#refresh();
  }

  /** @param {string} text @param {boolean} final */
  #onTranscript(text, final) {
    const { playing, turn } = this.#playhead;
    const reply = playing && this.#captions.reply(turn);
    if (!reply || !isEcho(text, reply.text)) this.#wire.heard({ text, final });
  }

  /** @param {string} [text] */
  #notice(text = "") {
    this.#twin.find(".notice").textContent = text;
  }

  #refresh() {
    /** @type {Activity} */
    let state = this.#status;
    if (state === "open") {
      if (this.#playhead.playing) state = "speaking";
      else if (this.#thinking) state = "thinking";
      else state = this.#mic ? "listening" : "ready";
    }
    const wait = Math.max(0, Math.ceil((this.#until - Date.now()) / 1000));
    this.#twin.report(state, wait);
    this.#twin.find(".mic").ariaPressed = `${!!this.#mic}`;
    this.#twin.find(".voice").ariaPressed = `${this.voice}`;
    this.#twin.find(".stop").ariaDisabled = `${!this.#engaged}`;
    if (state === "busy" && wait) setTimeout(() => this.#refresh(), 1000);
  }
}
