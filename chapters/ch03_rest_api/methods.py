"""One address, four verbs: what you do to it is the method, not the path.

Try: fastapi dev methods.py
"""

from typing import Annotated

from fastapi import Body, FastAPI

app = FastAPI()

board = {"text": "Hide closed for repairs"}


@app.get("/board")
async def read_board() -> dict[str, str]:
    return board


@app.put("/board")
async def replace_board(text: Annotated[str, Body(embed=True)]) -> dict[str, str]:
    board["text"] = text
    return board


@app.patch("/board")
async def add_to_board(more: Annotated[str, Body(embed=True)]) -> dict[str, str]:
    board["text"] = f"{board['text']}. {more}"
    return board


@app.delete("/board")
async def wipe_board() -> dict[str, str]:
    board["text"] = ""
    return board
