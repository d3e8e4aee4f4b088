import asyncio

from openai import AsyncOpenAI


async def main() -> None:
    client = AsyncOpenAI(base_url="http://127.0.0.1:8000/v1", api_key="none")
    async with client.realtime.connect(model="demo-portal") as call:
        await call.session.update(session={"type": "realtime", "output_modalities": ["text"]})
        words = [{"type": "input_text", "text": "Who are you?"}]
        await call.conversation.item.create(item={"type": "message", "role": "user", "content": words})
        await call.response.create()
        async for event in call:
            if event.type == "response.output_text.delta":
                print(event.delta, end="", flush=True)
            elif event.type == "response.done":
                break


asyncio.run(main())
