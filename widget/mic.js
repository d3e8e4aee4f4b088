/** @import {MicHandlers} from "./types.js" */

/** Engines of recognition stop after a silence; asked again at once, some refuse. */
const REST_MS = 300;

/** Nothing where it could not open; `onerror` says why. @param {boolean} ear @param {string} language @param {MicHandlers} handlers */
export async function listen(ear, language, handlers) {
  try {
    return ear ? await capture(handlers) : recognise(language, handlers);
  } catch (error) {
    handlers.onerror(error instanceof DOMException && error.name === "NotAllowedError" ? "denied" : "nomic");
  }
}

/** @param {MicHandlers} handlers */
async function capture({ onaudio, onerror }) {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  });
  const source = connect(stream);
  const context = /** @type {AudioContext} */ (source.context);
  await context.audioWorklet.addModule(new URL("worklets.js", import.meta.url));
  const node = new AudioWorkletNode(context, "gemelo-capture", {
    numberOfOutputs: 0,
    channelCount: 1,
    channelCountMode: "explicit",
  });
  node.port.onmessage = ({ data }) => onaudio(data);
  source.connect(node);
  const tracks = stream.getTracks();
  for (const track of tracks) track.onended = () => onerror("nomic");
  return {
    close() {
      for (const track of tracks) track.stop();
      context.close();
    },
  };
}

/** Firefox feeds no microphone into a context of another rate; there the worklet resamples. @param {MediaStream} stream */
function connect(stream) {
  const context = new AudioContext({ sampleRate: 16000 });
  try {
    return context.createMediaStreamSource(stream);
  } catch {
    context.close();
    return new AudioContext().createMediaStreamSource(stream);
  }
}

/** @param {string} language @param {MicHandlers} handlers */
function recognise(language, { ontext, onerror }) {
  const recogniser = new (globalThis.SpeechRecognition ?? globalThis.webkitSpeechRecognition)();
  Object.assign(recogniser, { lang: language, continuous: true, interimResults: true });
  recogniser.onresult = ({ results, resultIndex }) => {
    const fresh = [...results].slice(resultIndex);
    for (const final of [true, false]) {
      const parts = fresh.filter((result) => result.isFinal === final).map((result) => result[0]?.transcript.trim());
      if (parts.length) ontext(parts.join(" "), final);
    }
  };
  recogniser.onerror = ({ error }) => {
    if (error.endsWith("not-allowed")) onerror("denied");
    else if (error === "audio-capture") onerror("nomic");
  };
  let open = true;
  recogniser.onend = () => setTimeout(() => open && recogniser.start(), REST_MS);
  recogniser.start();
  return {
    close() {
      open = false;
      recogniser.abort();
    },
  };
}
