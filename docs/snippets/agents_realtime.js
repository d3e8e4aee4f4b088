import { OpenAIRealtimeWebSocket, RealtimeAgent, RealtimeSession } from "@openai/agents-realtime";

const session = new RealtimeSession(new RealtimeAgent({ name: "twin" }), {
  transport: new OpenAIRealtimeWebSocket({ useInsecureApiKey: true }),
  config: { outputModalities: ["text"] },
});
await session.connect({
  apiKey: "none",
  url: "ws://127.0.0.1:8000/v1/realtime?model=demo-portal",
});
session.transport.on("output_text_delta", ({ delta }) => console.log(delta));
session.on("agent_end", () => session.close());
session.sendMessage("Who are you?");
