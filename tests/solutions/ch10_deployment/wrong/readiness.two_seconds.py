# expect: when who probes you has gone
import asyncio

from fastapi import FastAPI, HTTPException


def probe_app(version, needed):
    app = FastAPI()

    @app.get("/health")
    def health():
        return 1

    @app.get("/ready")
    async def ready():
        try:
            async with asyncio.timeout(2):
                found = await version()
        except Exception:
            raise HTTPException(503) from None
        if found != needed:
            raise HTTPException(503)
        return 1

    return app
