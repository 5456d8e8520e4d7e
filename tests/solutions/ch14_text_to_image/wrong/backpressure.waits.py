# expect: who waits inside a request has no queue
import asyncio

from fastapi import FastAPI
from pydantic import BaseModel


class Order(BaseModel):
    prompt: str


def studio_app(waiting, most):
    """POST /plates takes an order while fewer than `most` are waiting."""
    app = FastAPI()

    @app.post("/plates", status_code=202)
    async def order(asked: Order) -> dict[str, int]:
        while len(waiting) >= most:
            await asyncio.sleep(0.1)
        waiting.append(asked.prompt)
        return {"ahead": len(waiting) - 1}

    return app
