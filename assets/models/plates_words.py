"""The plates in words: what a scene may be, which are held out, and how to say one.

Held out: no drawing for training has a combination of subject, colour and place for
which `held_out` is true.
"""

import random
from dataclasses import dataclass, replace

from assets.models.plates_figures import COLOURS, FIGURES

SUBJECTS, BODIES = tuple(FIGURES), ("sun", "moon")
BODY_COLOURS = ("white", "yellow", "orange", "red")
PLACES = {
    "sky": ("in the sky",),
    "sea": ("on the sea", "over the sea"),
    "hill": ("on a hill",),
    "snow": ("in the snow",),
    "dune": ("on a dune",),
}
LIGHTS = {"day": "by day", "dusk": "at dusk", "night": "at night"}
SMALL_WORDS = ("a", "an", "the", "in", "on", "over", "by", "at", "with", "and", "under")
WORDS = (*COLOURS, *SUBJECTS, *PLACES, *LIGHTS, *SMALL_WORDS)


@dataclass(frozen=True)
class Scene:
    """What is on a picture; `body` is a sun or a moon beside the subject, or empty."""

    subject: str
    colour: str
    place: str
    light: str
    body: str = ""
    body_colour: str = ""

    def prompt(self) -> str:
        """The whole scene in words: `a red boat on the sea at night`."""
        return sentence(self, PLACES[self.place][0])


def held_out(scene: Scene) -> bool:
    """Whether this combination is kept from training: one in eight."""
    at = [*SUBJECTS].index(scene.subject) + [*COLOURS].index(scene.colour)
    return (at + [*PLACES].index(scene.place)) % 8 == 0


def random_scene(rng: random.Random, unseen: bool = False) -> Scene:
    """Any scene of the training set, or with `unseen` one that was held out."""
    scene = Scene(
        rng.choice(SUBJECTS),
        rng.choice([*COLOURS]),
        rng.choice([*PLACES]),
        rng.choice([*LIGHTS]),
    )
    if scene.subject not in BODIES and rng.random() < 0.45:
        body, colour = rng.choice(BODIES), rng.choice(BODY_COLOURS)
        scene = replace(scene, body=body, body_colour=colour)
    return scene if held_out(scene) == unseen else random_scene(rng, unseen)


def article(words: str) -> str:
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"


def sentence(scene: Scene, place: str, joint: str = ", with") -> str:
    text = f"{article(f'{scene.colour} {scene.subject}')} {place} {LIGHTS[scene.light]}"
    if scene.body:
        text += f"{joint} {article(f'{scene.body_colour} {scene.body}')}"
    return text


def caption(scene: Scene, rng: random.Random) -> str:
    """One way to say it: mostly whole, now and then only a part, or in key words."""
    place, light = rng.choice(PLACES[scene.place]), LIGHTS[scene.light]
    joint = rng.choice((", with", " with", " and", " under", ", under"))
    also = (
        f"{joint} {article(f'{scene.body_colour} {scene.body}')}" if scene.body else ""
    )
    parts = partial(scene, place, light, also, rng)
    wholes = whole(scene, place, light, also)
    return rng.choice(wholes if rng.random() < 0.7 else parts)


def keys(scene: Scene) -> list[str]:
    body = [f"{scene.body_colour} {scene.body}"] if scene.body else []
    return [f"{scene.colour} {scene.subject}", scene.place, scene.light, *body]


def whole(scene: Scene, place: str, light: str, also: str) -> tuple[str, ...]:
    thing = article(f"{scene.colour} {scene.subject}")
    return (
        f"{thing} {place} {light}{also}",
        f"{thing} {place} {light}{also}",
        f"{thing} {light} {place}{also}",
        f"{light}, {thing} {place}{also}",
        f"{thing} {place}, {light}{also}",
        f"{thing}{also} {place} {light}",
        ", ".join(keys(scene)),
    )


def partial(
    scene: Scene, place: str, light: str, also: str, rng: random.Random
) -> tuple[str, ...]:
    thing, words = article(f"{scene.colour} {scene.subject}"), keys(scene)
    return (
        thing + also,
        f"{thing} {place}{also}",
        f"{thing} {light}{also}",
        f"{article(scene.subject)} {place} {light}",
        article(scene.subject),
        scene.subject,
        scene.light,
        scene.place,
        f"the {scene.place} {light}{also}",
        ", ".join(rng.sample(words, rng.randint(1, len(words)))),
        article(words[3]) if scene.body else thing,
    )
