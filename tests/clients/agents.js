// A fan on OpenAI's agents-realtime, unmodified: the same talk in Node and in a page.
import { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession, tool } from "@openai/agents-realtime";

const FRAME = 4800;

/** An open session, and all that has come on it. */
async function open(url, config, tools = []) {
  const transport = new OpenAIRealtimeWebSocket({ useInsecureApiKey: true });
  const session = new RealtimeSession(new RealtimeAgent({ name: "twin", tools }), { transport, config });
  const call = { session, events: [], errors: [], loudest: 0, interrupted: 0 };
  const waiting = new Set();
  session.on("error", ({ error }) => call.errors.push(JSON.stringify(error)));
  session.on("audio_interrupted", () => call.interrupted++);
  session.on("audio", ({ data }) => {
    for (const sample of new Int16Array(data)) call.loudest = Math.max(call.loudest, Math.abs(sample));
  });
  session.on("transport_event", (event) => {
    call.events.push(event);
    for (const look of waiting) look();
  });
  call.of = (type) => call.events.filter((event) => event.type === type);
  /** Waits for the `count`th event of a type. */
  call.until = (type, count = 1) =>
    new Promise((resolve) => {
      const look = () => {
        if (call.of(type).length < count) return;
        waiting.delete(look);
        resolve(call.of(type)[count - 1]);
      };
      waiting.add(look);
      look();
    });
  await session.connect({ apiKey: "none", url });
  return call;
}

function ended(call) {
  const { session, errors, loudest, interrupted } = call;
  const told = { history: session.history, errors, loudest, interrupted };
  session.close();
  return told;
}

/** A typed question, answered in text. */
export async function typed(url, text) {
  const call = await open(url, { outputModalities: ["text"] });
  call.session.sendMessage(text);
  await call.until("response.done");
  return ended(call);
}

/** A spoken question, and another one over the answer. `speech`: s16le at 24 kHz in base64. */
export async function spoken(url, speech) {
  const pcm = Uint8Array.from(atob(speech), (character) => character.charCodeAt(0)).buffer;
  const call = await open(url, { audio: { input: { transcription: { model: "any", language: "en" } } } });
  const say = () => {
    for (let at = 0; at < pcm.byteLength; at += FRAME) call.session.sendAudio(pcm.slice(at, at + FRAME));
  };
  say();
  await call.until("response.output_audio.delta", 10);
  say();
  await call.until("conversation.item.truncated");
  await call.until("response.created", 2);
  const sounded = call.of("response.output_audio.delta").length;
  await call.until("response.output_audio.delta", sounded + 5);
  const [whole] = call.of("response.output_audio_transcript.done");
  return { ...ended(call), whole: whole.transcript };
}

/** A typed question whose spoken answer needs a function of ours. */
export async function calling(url, text) {
  const shown = [];
  const show = tool({
    name: "show",
    description: "Shows a page.",
    strict: false,
    parameters: { type: "object", properties: { page: { type: "string" } }, required: [], additionalProperties: true },
    execute: ({ page }) => {
      shown.push(page);
      return JSON.stringify({ shown: page });
    },
  });
  const call = await open(url, {}, [show]);
  await call.until("session.updated", 2);
  call.session.sendMessage(text);
  await call.until("response.done");
  const { response } = await call.until("response.done", 2);
  return { ...ended(call), shown, last: response };
}
