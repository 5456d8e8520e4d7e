"""An application, a path, a function. Try: fastapi dev first_endpoint.py"""

from fastapi import FastAPI

app = FastAPI()


@app.get("/")
async def greet() -> dict[str, str]:
    return {"observatory": "open", "warden": "on duty"}
