"""Threads are not endless: 40 for everybody, and here 2 for the model.

Try: three times GET /predict, then GET /slots, then POST /release.
"""

from threading import Event

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI

app = FastAPI()
model_slots = CapacityLimiter(2)  # predictions cannot take the other routes' threads
released = Event()


def predict_slowly() -> str:
    released.wait(30)
    return "Gentoo"


@app.get("/predict")
async def predict() -> str:
    return await to_thread.run_sync(predict_slowly, limiter=model_slots)


@app.get("/slots")
async def show_slots() -> dict[str, float]:
    return {
        "everybody's": to_thread.current_default_thread_limiter().total_tokens,
        "the model's": model_slots.total_tokens,
        "taken": model_slots.borrowed_tokens,
        "waiting": model_slots.statistics().tasks_waiting,
    }


@app.post("/release")
async def release() -> None:
    released.set()
