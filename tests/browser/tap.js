// Put into a page before its own scripts: whatever reaches a loudspeaker is kept in `window.tapped`.
(() => {
  window.tapped = [];
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode) {
      this.context.audioWorklet.addModule("/tap_worklet.js").then(() => {
        const tap = new AudioWorkletNode(this.context, "tap", { numberOfOutputs: 0 });
        tap.port.onmessage = ({ data: [frame, samples] }) => window.tapped.push({ frame, samples });
        connect.call(this, tap);
      });
    }
    return connect.call(this, target, ...rest);
  };
  /** Samples from frame `from` of the audio clock on, missing ones as silence. */
  window.heardSamples = (from = 0) => {
    const pieces = window.tapped.filter(({ frame }) => frame >= from);
    if (!pieces.length) return [];
    const first = pieces[0].frame;
    const last = pieces.at(-1);
    const out = new Array(last.frame - first + last.samples.length).fill(0);
    for (const { frame, samples } of pieces) samples.forEach((value, i) => (out[frame - first + i] = value));
    return out;
  };
  /** Frames of the audio clock since a sample was last above the noise floor. */
  window.silentFrames = () => {
    const now = window.tapped.at(-1)?.frame ?? 0;
    const loud = window.tapped.findLast(({ samples }) => samples.some((value) => Math.abs(value) > 0.001));
    return loud ? now - loud.frame : now;
  };
})();
