"""What an HTML form sends. Needs python-multipart. Try: fastapi dev form_fields.py"""

from typing import Annotated

from fastapi import FastAPI, Form

app = FastAPI()


@app.post("/observers")
async def register(
    name: Annotated[str, Form()], since: Annotated[int, Form(ge=1900)]
) -> dict[str, str | int]:
    return {"name": name, "since": since}
