from fastapi import FastAPI
from fastapi.responses import JSONResponse
from pydantic import BaseModel


class Order(BaseModel):
    prompt: str


def studio_app(waiting, most):
    """POST /plates takes an order while fewer than `most` are waiting."""
    app = FastAPI()

    @app.post("/plates", status_code=202)
    async def order(asked: Order):
        if len(waiting) >= most:
            later = {"Retry-After": "10"}
            return JSONResponse("full", 429, headers=later)
        waiting.append(asked.prompt)
        return {"ahead": len(waiting) - 1}

    return app
