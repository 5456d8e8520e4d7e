"""NaN is refused, and the refusal fails. Try: POST {"bill_depth_mm": NaN}

FastAPI's 422 repeats the input, and the answer's JSON has no word for it.
"""

from typing import Annotated

from fastapi import FastAPI
from pydantic import BaseModel, Field

app = FastAPI()


class Measured(BaseModel):
    bill_depth_mm: Annotated[float, Field(allow_inf_nan=False)]


@app.post("/measured")
async def measure(asked: Measured) -> Measured:
    return asked
