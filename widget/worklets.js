/** Samples of a fade: 5 ms at 24 kHz. */
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

const RATE = 16000;
const FRAME = 320;
/** Zero crossings of the sinc on either side. */
const LOBES = 8;

/** 16 kHz from any higher rate by a Hann-windowed sinc; blocks in, blocks out. */
export class Resampler {
  #step;
  #reach;
  #at = 0;
  #kept = new Float32Array(0);

  /** @param {number} rate Hz of the input */
  constructor(rate) {
    this.#step = rate / RATE;
    this.#reach = Math.ceil(LOBES * this.#step);
  }

  /** @param {Float32Array} block */
  push(block) {
    if (this.#step === 1) return block;
    const input = new Float32Array([...this.#kept, ...block]);
    const out = [];
    for (; this.#at + this.#reach < input.length; this.#at += this.#step) out.push(this.#sample(input));
    const gone = Math.max(0, Math.floor(this.#at) - this.#reach);
    this.#kept = input.slice(gone);
    this.#at -= gone;
    return out;
  }

  /** @param {Float32Array} input */
  #sample(input) {
    let sum = 0;
    const end = Math.floor(this.#at) + this.#reach;
    for (let i = Math.max(0, Math.ceil(this.#at) - this.#reach); i <= end; i++) {
      const x = (Math.PI * (i - this.#at)) / this.#step;
      const sinc = x ? Math.sin(x) / x : 1;
      sum += (input[i] ?? 0) * sinc * (0.5 + 0.5 * Math.cos(x / LOBES));
    }
    return sum / this.#step;
  }
}

class Capture extends AudioWorkletProcessor {
  #resampler = new Resampler(sampleRate);
  #frame = new Int16Array(FRAME);
  #filled = 0;

  /** @param {Float32Array[][]} inputs */
  process(inputs) {
    const input = inputs[0]?.[0] ?? new Float32Array(0);
    for (const value of this.#resampler.push(input)) {
      this.#frame[this.#filled++] = Math.max(-1, Math.min(1, value)) * 32767;
      if (this.#filled < FRAME) continue;
      this.port.postMessage(this.#frame.buffer, [this.#frame.buffer]);
      this.#frame = new Int16Array(FRAME);
      this.#filled = 0;
    }
    return true;
  }
}

registerProcessor("gemelo-playback", Playback);
registerProcessor("gemelo-capture", Capture);
