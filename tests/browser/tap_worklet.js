// Hands every sample that it hears to the page, with the audio clock's frame of the first one.
class Tap extends AudioWorkletProcessor {
  process([[input]]) {
    if (input) this.port.postMessage([currentFrame, input.slice()]);
    return true;
  }
}
registerProcessor("tap", Tap);
