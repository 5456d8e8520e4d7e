# expect: may wait, and the answer says
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel


class Order(BaseModel):
    prompt: str


app = FastAPI()


def studio_app(waiting, most):
    """POST /plates takes an order while fewer than `most` are waiting."""

    @app.post("/plates", status_code=202)
    async def order(asked: Order) -> dict[str, int]:
        if len(waiting) >= most:
            later = {"Retry-After": "10"}
            raise HTTPException(429, "Too many are waiting.", headers=later)
        waiting.append(asked.prompt)
        return {"ahead": len(waiting) - 1}

    return app
