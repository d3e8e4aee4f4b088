import { Room, RoomEvent } from "livekit-client";

const { url, token } = await (await fetch("/token")).json(); // of your own back end
const room = new Room();
const lines = new Map();
room.on(RoomEvent.TrackSubscribed, (track) => document.body.append(track.attach()));
room.registerTextStreamHandler("lk.transcription", async (captions, { identity }) => {
  const segment = captions.info.attributes["lk.segment_id"];
  const line = lines.get(segment) ?? document.body.appendChild(document.createElement("p"));
  lines.set(segment, line);
  line.title = identity;
  line.textContent = ""; // a segment that is told again replaces what stood there
  for await (const words of captions) line.append(words);
});
room.on(RoomEvent.ParticipantAttributesChanged, ({ "lk.agent.state": state }) => {
  if (state) document.title = state;
});
await room.connect(url, token);
await room.localParticipant.setMicrophoneEnabled(true);
