"""A nest box is one document; its visits are a list inside it, not another table.

Try: NestBoxCreate.model_validate({"code": "N7", "place": "third oak"})
"""

from datetime import UTC, datetime
from typing import Annotated

from bson import ObjectId
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema


def parse_object_id(value: object) -> ObjectId:
    if isinstance(value, ObjectId):
        return value
    if isinstance(value, str) and ObjectId.is_valid(value):
        return ObjectId(value)
    raise PydanticCustomError("object_id", "An id has 24 hexadecimal digits")


class ObjectIdText:
    """Teach Pydantic an ObjectId: 24 hex digits outside, twelve bytes inside."""

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: type, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            parse_object_id, serialization=core_schema.to_string_ser_schema()
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"type": "string", "pattern": "^[0-9a-fA-F]{24}$"}


Id = Annotated[ObjectId, ObjectIdText]
Code = Annotated[str, Field(pattern=r"^[A-Z][0-9]{1,3}$")]
Text = Annotated[str, Field(min_length=1, max_length=80)]
Eggs = Annotated[int, Field(ge=0, le=50)]
Moment = Annotated[
    AwareDatetime,
    Field(ge=datetime(1900, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC)),
    AfterValidator(lambda moment: moment.astimezone(UTC)),
]


class Visit(BaseModel):
    model_config = ConfigDict(extra="forbid")

    observer: Text
    eggs: Eggs
    # Free form, on purpose: one measures shells, another one the weather.
    measured: dict[Annotated[str, Field(pattern="^[a-z_]{1,20}$")], float] = {}
    at: Moment = Field(default_factory=lambda: datetime.now(UTC))


class NestBoxBase(BaseModel):
    code: Code
    place: Text
    young: Eggs = 0


class NestBoxCreate(NestBoxBase):
    model_config = ConfigDict(extra="forbid")


class NestBoxChange(BaseModel):
    model_config = ConfigDict(extra="forbid")

    code: Code = ""
    place: Text = ""
    young: Eggs = 0


class NestBox(NestBoxBase):
    # Clients see `id`; MongoDB calls it `_id`, which Pydantic would take for private.
    id: Id = Field(validation_alias="_id")
    young: int = 0  # what is stored is shown, whatever the rules are for new boxes
    visits: list[Visit] = []


class Fostering(BaseModel):
    model_config = ConfigDict(extra="forbid")

    to: Id
    young: Annotated[int, Field(ge=1, le=50)]


class Problem(BaseModel):
    detail: str
