// A fan on pipecat's own client over WebRTC, unmodified, in a page.
import { PipecatClient } from "@pipecat-ai/client-js";
import { SmallWebRTCTransport, WavMediaManager } from "@pipecat-ai/small-webrtc-transport";

/** All that the client told, in order: [callback, data]. */
export const told = [];

const KEPT = (
  "onBotReady onUserStartedSpeaking onUserStoppedSpeaking onUserTranscript onBotLlmStarted onBotLlmText " +
  "onBotLlmStopped onBotOutput onBotTtsText onBotStartedSpeaking onBotStoppedSpeaking onServerMessage " +
  "onMessageError onError"
).split(" ");

let client;

/** Connects; what comes as sound is played by the page and tapped. */
export async function begin(url, enableMic) {
  const out = new AudioContext({ sampleRate: 24000 });
  const callbacks = Object.fromEntries(KEPT.map((name) => [name, (data) => told.push([name, data])]));
  callbacks.onTrackStarted = (track, participant) => {
    if (participant?.local || track.kind !== "audio") return;
    const stream = new MediaStream([track]);
    const voice = new Audio(); // Chromium hands a stream's sound on only where an element has it
    voice.srcObject = stream;
    voice.muted = true;
    voice.play();
    out.createMediaStreamSource(stream).connect(out.destination);
  };
  const transport = new SmallWebRTCTransport({ mediaManager: new WavMediaManager() });
  client = new PipecatClient({ transport, enableMic, enableCam: false, callbacks });
  await client.connect({ webrtcRequestParams: { endpoint: `${url}/api/offer` } });
}

export const say = (text, options) => client.sendText(text, options);
export const ask = (t, d) => client.sendClientRequest(t, d).catch((refused) => refused.data);
export const leave = () => client.disconnect();
export const of = (name) => told.filter(([kind]) => kind === name).map(([, data]) => data);
export const messages = (t) => of("onServerMessage").filter((message) => message.t === t);
