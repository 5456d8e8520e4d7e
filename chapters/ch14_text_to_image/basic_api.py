"""Accept, pass on, answer: 202 and the task's id. Nobody can ask for its result yet.

Try: http :8014/basic/image-generation prompt="a red boat"
"""

from typing import Annotated
from uuid import UUID

from fastapi import FastAPI
from pydantic import BaseModel, Field

from chapters.ch14_text_to_image.basic_worker import text_to_image_task

app = FastAPI()


class Wanted(BaseModel):
    prompt: Annotated[str, Field(min_length=1, max_length=300)]
    negative_prompt: str | None = None
    steps: Annotated[int, Field(ge=1, le=50)] = 20


class Accepted(BaseModel):
    task_id: UUID


@app.post("/image-generation", status_code=202)
def post_image_generation(wanted: Wanted) -> Accepted:
    # A plain def: send() waits for Redis.
    message = text_to_image_task.send(
        wanted.prompt, negative_prompt=wanted.negative_prompt, steps=wanted.steps
    )
    return Accepted(task_id=UUID(message.message_id))
