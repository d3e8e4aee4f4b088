// On the audio thread: the microphone as s16le mono 16 kHz, 20 ms a message.

const RATE = 16000;
const FRAME = 320;
/** Zero crossings of the sinc on either side. */
const LOBES = 8;

/** Any rate from 16 kHz up to 16 kHz, by a Hann-windowed sinc; blocks in, blocks out. */
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

registerProcessor("gemelo-capture", Capture);
