// Put into a page before its own scripts: whatever reaches a loudspeaker is kept in `window.tapped`.
// A ScriptProcessorNode, since a worklet of the test's own could not be loaded under the page's content policy.
(() => {
  window.tapped = [];
  const connect = AudioNode.prototype.connect;
  AudioNode.prototype.connect = function (target, ...rest) {
    if (target instanceof AudioDestinationNode) {
      const tap = this.context.createScriptProcessor(1024, 1, 1);
      tap.onaudioprocess = ({ inputBuffer }) => tapped.push(Array.from(inputBuffer.getChannelData(0)));
      connect.call(this, tap);
      connect.call(tap, target); // silent, but only what is connected runs
    }
    return connect.call(this, target, ...rest);
  };
  const loud = (piece) => piece.some((value) => Math.abs(value) > 0.01);
  /** Samples in pieces that sound. */
  window.loudSamples = () => tapped.filter(loud).length * 1024;
  /** Samples since a piece last sounded; none before the first sound. */
  window.silentSamples = () => {
    const last = tapped.findLastIndex(loud);
    return last < 0 ? 0 : (tapped.length - 1 - last) * 1024;
  };
})();
