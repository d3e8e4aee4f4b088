import { PipecatClient } from "@pipecat-ai/client-js";
import { WavMediaManager, WebSocketTransport } from "@pipecat-ai/websocket-transport";

const client = new PipecatClient({
  transport: new WebSocketTransport({ mediaManager: new WavMediaManager(640, 16000) }),
  enableCam: false,
  callbacks: {
    onUserTranscript: ({ text, final }) => final && document.body.append(`You: ${text}\n`),
    onBotLlmText: ({ text }) => document.body.append(text),
  },
});
await client.startBotAndConnect({
  endpoint: "http://127.0.0.1:8000/start",
  requestData: { deployment: "demo-portal", language: "en" },
});
await client.sendText("Who are you?");
