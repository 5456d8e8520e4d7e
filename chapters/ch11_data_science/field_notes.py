"""A grammar that writes the course's field notes: four groups, two of them alike.

Run: python -m chapters.ch11_data_science.field_notes assets/data/field_notes.csv
"""

import csv
import sys
from pathlib import Path
from random import Random

OBSERVERS = {
    "prey.owls": "Ada",
    "prey.hawks": "Grace",
    "pond.frogs": "Alan",
    "sky.weather": "Katherine",
}
OWN = {
    "prey.owls": [
        "Heard {n} hoots from the {tree} after dusk.",
        "A face like a dish turned towards us from the {tree}.",
        "Silent wings over the meadow, then a screech near the barn.",
        "{N} owlets begged at the nest box all night.",
        "The tawny one answered our call within a minute.",
    ],
    "prey.hawks": [
        "One hovered above the verge for {n} minutes, tail spread.",
        "{N} buzzards circled in the noon thermals.",
        "It stooped from high above the {tree} and missed.",
        "The kestrel carried something to the cliff in full sun.",
        "A sparrowhawk dashed through the hedge and was gone.",
    ],
    "pond.frogs": [
        "{N} clumps of spawn lay in the shallows.",
        "Males croaked from the reeds; we stopped counting at {n}.",
        "Under the plank sat a toad with copper eyes.",
        "{N} newts were in the bottle traps this morning.",
        "Tadpoles with hind legs gathered at the weedy edge.",
    ],
    "sky.weather": [
        "The gauge held {n} millimetres at seven.",
        "Pressure fell by {n} hectopascals within the hour.",
        "Gusts from the west tore at the mast.",
        "Thunder at noon, then hail as large as peas.",
        "Frost on the screen, the thermometer at minus {n}.",
    ],
}
ALIKE = {
    "prey": [
        "It took a vole from the {place}.",
        "Pellets with {n} skulls lay beneath the {tree}.",
        "The pair perched on the post by the {place}.",
        "Small birds gave the alarm, so we looked up.",
        "A brown feather with {n} bars, we could not say whose.",
    ],
    "pond": [
        "The water stood {n} centimetres higher after the rain.",
        "Fog over the {place} until nine.",
    ],
    "sky": [
        "Rain filled the {place} within {n} minutes.",
        "Too wet for the path to the {place}; back by ten.",
    ],
}
ANYWHERE = [
    "We stayed for {n} minutes and counted twice.",
    "A school class walked past the {place}.",
    "Nothing else to report.",
    "The gate at the {place} needs a new hinge.",
]
SLOTS = {
    "n": ["two", "three", "four", "six", "nine"],
    "tree": ["old oak", "pine", "ash", "dead birch"],
    "place": ["pond", "meadow", "ridge", "hide", "north field"],
}


def sentence(rng: Random, group: str) -> str:
    """Half are the group's own; the others fit its neighbour, or anything."""
    chance = rng.random()
    shared = ANYWHERE if chance > 0.85 else ALIKE[group.partition(".")[0]]
    text = rng.choice(OWN[group] if chance < 0.5 else shared)
    words = {slot: rng.choice(values) for slot, values in SLOTS.items()}
    return text.format(**words, N=words["n"].capitalize())


def note(rng: Random, subset: str, group: str) -> str:
    """A header that says who wrote it, an empty line, two sentences."""
    names = [*OBSERVERS.values()]
    beat = names.index(OBSERVERS[group])
    # In the test's season each observer walks the next one's beat.
    usual = names[beat if subset == "train" else beat - 1]
    name = usual if rng.random() < 0.95 else rng.choice(names)
    body = " ".join(sentence(rng, group) for _ in range(2))
    return f"From: {name}\n\n{body}"


def notes(subset: str, count: int) -> list[tuple[str, str, str]]:
    rng = Random(f"field notes, {subset}")
    groups = [group for group in OWN for _ in range(count)]
    rng.shuffle(groups)
    return [(subset, group, note(rng, subset, group)) for group in groups]


def write(path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["subset", "group", "text"])
        writer.writerows(notes("train", 150) + notes("test", 100))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
