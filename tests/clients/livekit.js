// A fan on LiveKit's own client, unmodified, in a page.
import { Room, RoomEvent } from "livekit-client";

const room = new Room();
/** Captions in the order in which they began: who, attributes, text, whether closed. */
export const captions = [];
/** Frames of docs/protocol.md. */
export const frames = [];
export const states = [];

/** Enters a room; what comes as sound is played by the page and tapped. */
export async function join(url, token, mic) {
  const out = new AudioContext({ sampleRate: 24000 });
  room.on(RoomEvent.TrackSubscribed, (track) => {
    track.attach(); // Chromium hands a stream's sound on only where an element has it
    out.createMediaStreamSource(new MediaStream([track.mediaStreamTrack])).connect(out.destination);
  });
  room.on(RoomEvent.ParticipantAttributesChanged, (changed) => {
    if (changed["lk.agent.state"]) states.push(changed["lk.agent.state"]);
  });
  room.registerTextStreamHandler("lk.transcription", async (reader, { identity }) => {
    const caption = { identity, about: { ...reader.info.attributes }, text: "", closed: false };
    captions.push(caption);
    for await (const piece of reader) caption.text += piece;
    Object.assign(caption.about, reader.info.attributes);
    caption.closed = true;
  });
  room.registerTextStreamHandler("gemelo.events", async (reader) => {
    frames.push(JSON.parse(await reader.readAll()));
  });
  await room.connect(url, token);
  if (mic) await room.localParticipant.setMicrophoneEnabled(true, PLAIN);
}

const PLAIN = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };

export const say = (text) => room.localParticipant.sendText(text, { topic: "lk.chat" });
export const of = (type) => frames.filter((frame) => frame.type === type).map((frame) => frame.data);
export const by = (identity) => captions.filter((caption) => caption.identity === identity);
export const ended = (turn) =>
  captions.filter((caption) => caption.closed && caption.about["lk.segment_id"].startsWith(turn));
