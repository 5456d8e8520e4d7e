"""What may be asked, and what comes back. Bounds: no penguin is outside them."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

# A number beyond float32 makes scikit-learn raise; NaN is no measurement.
Millimetres = Annotated[float, Field(gt=0, le=500, allow_inf_nan=False)]
Grams = Annotated[float, Field(gt=0, le=50_000, allow_inf_nan=False)]
Version = Annotated[str, Field(pattern=r"^\d{4}\.\d{1,3}$", examples=["2026.1"])]
Row = tuple[float, float, float, float]


class Measurements(BaseModel):
    # Strict: "39.1" is text. Forbidden: a misspelt field is a mistake, not an extra.
    model_config = ConfigDict(extra="forbid", strict=True)

    bill_length_mm: Millimetres
    bill_depth_mm: Millimetres
    flipper_length_mm: Millimetres
    body_mass_g: Grams

    def row(self) -> Row:
        """In the order in which the forest has learnt them."""
        return (
            self.bill_length_mm,
            self.bill_depth_mm,
            self.flipper_length_mm,
            self.body_mass_g,
        )


class Prediction(BaseModel):
    species: str
    probability: float
    version: str = Field(description="Which model said so.")


class Batch(BaseModel):
    model_config = ConfigDict(extra="forbid")

    penguins: Annotated[list[Measurements], Field(min_length=1, max_length=1000)]


class Predictions(BaseModel):
    predictions: list[Prediction]


class Chosen(BaseModel):
    version: Version


class Ready(BaseModel):
    version: str


class Problem(BaseModel):
    detail: str
