"""Fit on some penguins, ask about others: the whole loop in four lines.

Run: python -m chapters.ch11_data_science.first_model
"""

from dataclasses import dataclass

import pandas as pd
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB

from chapters.ch11_data_science.datasets import MEASURES, read_penguins

TWO = ["flipper_length_mm", "body_mass_g"]


@dataclass(frozen=True)
class Outcome:
    """What the model had to say about penguins that it never saw."""

    right: int
    asked: int
    confusion: pd.DataFrame


def learn(columns: list[str]) -> Outcome:
    """Which species, judged by these columns alone?"""
    birds = read_penguins().dropna(subset=MEASURES)
    seen, unseen, names, truth = train_test_split(
        birds[columns],
        birds["species"],
        test_size=0.25,
        random_state=11,
        stratify=birds["species"],
    )
    model = GaussianNB().fit(seen, names)
    said = model.predict(unseen)
    labels = model.classes_.tolist()
    table = pd.DataFrame(
        confusion_matrix(truth, said, labels=labels),
        index=pd.Index(labels, name="true"),
        columns=pd.Index(labels, name="predicted"),
    )
    return Outcome(int((said == truth).sum()), len(truth), table)


if __name__ == "__main__":
    for columns in (TWO, MEASURES):
        outcome = learn(columns)
        print(f"{len(columns)} measures: {outcome.right} of {outcome.asked} right")
        print(outcome.confusion.to_string())
