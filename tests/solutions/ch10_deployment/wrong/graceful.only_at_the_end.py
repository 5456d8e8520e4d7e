# expect: you called `store` for none
from contextlib import asynccontextmanager, suppress

from fastapi import Body, FastAPI


def accepting_app(store):
    kept = []

    @asynccontextmanager
    async def lifespan(app):
        yield
        for s in kept:
            with suppress(Exception):
                await store(s)

    app = FastAPI(lifespan=lifespan)

    @app.post("/sightings", status_code=202)
    async def post(species: str = Body(embed=True)):
        kept.append(species)
        return {}

    return app
