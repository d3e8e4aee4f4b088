/** @import {Playhead} from "./types.js" */

/** @param {AudioContext} context at 24 kHz @param {(playhead: Playhead) => void} report called at every change, and each 200 ms of sound */
export async function open(context, report) {
  await context.audioWorklet.addModule(new URL("worklets.js", import.meta.url));
  return new VoiceOut(context, report);
}

export class VoiceOut {
  #context;
  #node;
  #gain;
  #last = { turn: "", ms: 0, playing: false, at: 0 };

  /** @param {AudioContext} context @param {(playhead: Playhead) => void} report */
  constructor(context, report) {
    this.#context = context;
    this.#gain = new GainNode(context);
    this.#node = new AudioWorkletNode(context, "gemelo-playback", { numberOfInputs: 0, outputChannelCount: [1] });
    this.#node.connect(this.#gain).connect(context.destination);
    this.#node.port.onmessage = ({ data }) => {
      this.#last = data;
      report(this.playhead);
    };
  }

  /** Where the listener is, in the turn that sounds. */
  get playhead() {
    const { turn, ms, playing, at } = this.#last;
    const { currentTime, baseLatency, outputLatency } = this.#context;
    const since = playing ? (currentTime - at - (outputLatency || baseLatency)) * 1000 : 0;
    return { turn, ms: Math.max(0, ms + since), playing };
  }

  /** @param {string} turn @param {ArrayBuffer} pcm s16le mono 24 kHz */
  push(turn, pcm) {
    this.#node.port.postMessage({ turn, pcm }, [pcm]);
  }

  /** @param {"pause" | "resume" | "flush"} command */
  send(command) {
    this.#node.port.postMessage(command);
  }

  /** @param {boolean} on */
  mute(on) {
    this.#gain.gain.value = on ? 0 : 1;
  }
}
