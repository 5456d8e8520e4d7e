from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, ConfigDict


class NestBase(BaseModel):
    species: str
    square: str


class NestCreate(NestBase):
    model_config = ConfigDict(extra="forbid")

    position: str


class NestRead(NestBase):
    id: int


class NestStored(NestRead):
    position: str
    reviewed: bool = False


nests: dict[int, NestStored] = {}

app = FastAPI()


@app.post("/nests", status_code=201)
async def add_nest(nest: NestCreate) -> NestRead:
    stored = NestStored(id=len(nests) + 1, **nest.model_dump())
    nests[stored.id] = stored
    return stored


@app.get("/nests/{nest_id}")
async def read_nest(nest_id: int) -> NestRead:
    if nest_id not in nests:
        raise HTTPException(404, f"No nest {nest_id}.")
    return nests[nest_id]
