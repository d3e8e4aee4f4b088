// A fan on pipecat's own client, unmodified, in a page.
import { PipecatClient } from "@pipecat-ai/client-js";
import { WavMediaManager, WebSocketTransport } from "@pipecat-ai/websocket-transport";

/** All that the client told, in order: [callback, data]. */
export const told = [];

const KEPT = (
  "onBotReady onUserStartedSpeaking onUserStoppedSpeaking onUserTranscript onBotLlmStarted onBotLlmText " +
  "onBotLlmStopped onBotOutput onBotTtsText onBotStartedSpeaking onBotStoppedSpeaking onServerMessage " +
  "onMessageError onError"
).split(" ");

let client;

/** Begins a session as the client does: by `/start`, then the socket. */
export async function begin(url, enableMic, requestData) {
  const callbacks = Object.fromEntries(KEPT.map((name) => [name, (data) => told.push([name, data])]));
  const transport = new WebSocketTransport({ mediaManager: new WavMediaManager(640, 16000) });
  client = new PipecatClient({ transport, enableMic, enableCam: false, callbacks });
  return await client.startBotAndConnect({ endpoint: `${url}/start`, requestData });
}

export const say = (text, options) => client.sendText(text, options);
export const ask = (t, d) => client.sendClientRequest(t, d).catch((refused) => refused.data);
export const of = (name) => told.filter(([kind]) => kind === name).map(([, data]) => data);
export const messages = (t) => of("onServerMessage").filter((message) => message.t === t);
