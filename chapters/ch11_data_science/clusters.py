"""No labels: three heaps of penguins, and four measures flattened to two.

Run: python -m chapters.ch11_data_science.clusters
"""

import pandas as pd
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from chapters.ch11_data_science.datasets import MEASURES, read_penguins


def heaps(count: int = 3) -> pd.DataFrame:
    """Each measured penguin with its heap and its place on a flat map."""
    birds = read_penguins().dropna(subset=MEASURES)
    scaled = StandardScaler().fit_transform(birds[MEASURES])
    finder = KMeans(n_clusters=count, n_init=10, random_state=11)
    across, up = PCA(n_components=2).fit_transform(scaled).T
    birds = birds.assign(heap=finder.fit_predict(scaled), across=across, up=up)
    # A heap's number means nothing: count them from the shortest flippers up.
    flippers = birds.groupby("heap")["flipper_length_mm"].mean()
    return birds.assign(heap=birds["heap"].map(flippers.rank().astype(int)))


def against_species(table: pd.DataFrame) -> pd.DataFrame:
    """How the heaps meet the names that they never saw."""
    return pd.crosstab(table["species"], table["heap"])


def kept() -> float:
    """The part of the spread that two dimensions keep."""
    birds = read_penguins().dropna(subset=MEASURES)
    flat = make_pipeline(StandardScaler(), PCA(n_components=2)).fit(birds[MEASURES])
    return float(flat[-1].explained_variance_ratio_.sum())


if __name__ == "__main__":
    print(against_species(heaps()).to_string())
    print("kept by two dimensions: more than four fifths is", kept() > 0.8)
