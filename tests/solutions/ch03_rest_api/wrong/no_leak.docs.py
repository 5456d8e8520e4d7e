# expect: still describes ['badge', 'email']
from fastapi import FastAPI
from pydantic import BaseModel


class Observer(BaseModel):
    name: str
    since: int
    email: str
    badge: str


OBSERVERS = {
    1: Observer(name="Ada", since=2019, email="a@o.example", badge="B-17"),
    2: Observer(name="Grace", since=2023, email="g@o.example", badge="B-41"),
}
SECRET = {"email", "badge"}

app = FastAPI()


@app.get("/observers", response_model_exclude={"__all__": SECRET})
async def list_observers() -> list[Observer]:
    return list(OBSERVERS.values())


@app.get("/observers/{observer_id}", response_model_exclude=SECRET)
async def read_observer(observer_id: int) -> Observer:
    return OBSERVERS[observer_id]
