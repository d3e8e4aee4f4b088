import { Room, RoomEvent } from "livekit-client";

const { url, token } = await (await fetch("/token")).json(); // of your own back end
const room = new Room();
room.on(RoomEvent.TrackSubscribed, (track) => document.body.append(track.attach()));
room.registerTextStreamHandler("lk.transcription", async (captions, { identity }) => {
  const line = document.body.appendChild(document.createElement("p"));
  for await (const words of captions) line.append(words);
  line.title = identity;
});
room.on(RoomEvent.ParticipantAttributesChanged, ({ "lk.agent.state": state }) => {
  document.title = state;
});
await room.connect(url, token);
await room.localParticipant.setMicrophoneEnabled(true);
