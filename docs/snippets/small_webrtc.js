import { PipecatClient } from "@pipecat-ai/client-js";
import { SmallWebRTCTransport, WavMediaManager } from "@pipecat-ai/small-webrtc-transport";

const client = new PipecatClient({
  transport: new SmallWebRTCTransport({ mediaManager: new WavMediaManager() }),
  enableCam: false,
  callbacks: {
    onTrackStarted: (track, participant) => {
      if (participant?.local || track.kind !== "audio") return;
      const voice = document.body.appendChild(document.createElement("audio"));
      voice.autoplay = true;
      voice.srcObject = new MediaStream([track]);
    },
    onUserTranscript: ({ text, final }) => final && document.body.append(`You: ${text}\n`),
    onBotOutput: ({ text }) => document.body.append(text),
  },
});
await client.connect({ webrtcRequestParams: { endpoint: "/api/offer" } });
await client.sendText("Who are you?");
