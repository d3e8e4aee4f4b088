// On the audio thread: a queue of PCM that can pause, go on and be thrown away without a click.

/** Samples over which sound fades at a pause or a flush: 5 ms at 24 kHz. */
const FADE = 120;
const REPORT_S = 0.2;

export class PlayQueue {
  /** @type {{turn: string, pcm: Int16Array}[]} */ #queue = [];
  #offset = 0;
  #gain = 1;
  paused = false;
  turn = "";
  /** Samples of `turn` that have been played. */
  played = 0;

  /** @param {string} turn @param {Int16Array} pcm */
  push(turn, pcm) {
    if (pcm.length) this.#queue.push({ turn, pcm });
  }

  /** Keeps only the few samples that a fade takes. */
  flush() {
    const [head] = this.#queue;
    const tail = head?.pcm.slice(this.#offset, this.#offset + FADE).map((v, i) => v * this.#gain * (1 - i / FADE));
    this.#queue = [];
    if (head && tail && this.#gain) this.push(head.turn, tail);
    this.#offset = 0;
    this.#gain = 1;
    this.paused = false;
  }

  /** Fills `out` and says how many of its samples sound. @param {Float32Array} out */
  pull(out) {
    const step = this.paused ? -1 / FADE : 1 / FADE;
    for (let i = 0; i < out.length; i++) {
      const head = this.#queue[0];
      this.#gain = Math.min(1, Math.max(0, this.#gain + step));
      if (!head || !this.#gain) return i;
      if (head.turn !== this.turn) this.played = 0;
      this.turn = head.turn;
      this.played++;
      out[i] = ((head.pcm[this.#offset++] ?? 0) / 32768) * this.#gain;
      if (this.#offset < head.pcm.length) continue;
      this.#queue.shift();
      this.#offset = 0;
    }
    return out.length;
  }
}

class Playback extends AudioWorkletProcessor {
  #queue = new PlayQueue();
  #last = { turn: "", ms: 0, playing: false, at: 0 };

  constructor() {
    super();
    this.port.onmessage = ({ data }) => {
      if (data === "flush") this.#queue.flush();
      else if (data.pcm) this.#queue.push(data.turn, new Int16Array(data.pcm));
      else this.#queue.paused = data === "pause";
    };
  }

  /** @param {unknown} _ @param {Float32Array[][]} outputs */
  process(_, outputs) {
    const out = outputs[0]?.[0] ?? new Float32Array(0);
    const playing = this.#queue.pull(out) === out.length;
    const { turn, played } = this.#queue;
    const at = currentTime + out.length / sampleRate;
    const last = this.#last;
    if (playing !== last.playing || turn !== last.turn || (playing && at - last.at >= REPORT_S)) {
      this.#last = { turn, ms: (played * 1000) / sampleRate, playing, at };
      this.port.postMessage(this.#last);
    }
    return true;
  }
}

registerProcessor("gemelo-playback", Playback);
