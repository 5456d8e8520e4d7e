from fastapi import FastAPI, HTTPException
from pydantic import BaseModel


class PublicObserver(BaseModel):
    name: str
    since: int


class Observer(PublicObserver):
    email: str
    badge: str


OBSERVERS = {
    1: Observer(name="Ada", since=2019, email="a@o.example", badge="B-17"),
    2: Observer(name="Grace", since=2023, email="g@o.example", badge="B-41"),
}

app = FastAPI()


@app.get("/observers")
async def list_observers() -> list[PublicObserver]:
    return list(OBSERVERS.values())


@app.get("/observers/{observer_id}")
async def read_observer(observer_id: int) -> PublicObserver:
    if observer_id not in OBSERVERS:
        raise HTTPException(404, f"No observer {observer_id}.")
    return OBSERVERS[observer_id]
