"""Draw without a server: python -m chapters.ch14_text_to_image.draw PROMPT [FILE]

With a progress bar, and with the words that the model does not know.
"""

import os
import sys
from pathlib import Path

from chapters.ch14_text_to_image.card import unknown_words
from chapters.ch14_text_to_image.text_to_image import SHIPPED, TextToImage


def bar(done: int, total: int, width: int = 20) -> str:
    full = width * done // total
    return f"[{'#' * full}{'.' * (width - full)}] {done:2} of {total}"


def show_bar(done: int, total: int) -> None:
    # \r: the next line is written over this one, until the last.
    print(f"\r{bar(done, total)}", end="" if done < total else "\n", flush=True)


def main(prompt: str, file: str = "plate.png") -> None:
    model = TextToImage.chosen(Path(os.environ.get("STUDIO_MODEL_FOLDER", SHIPPED)))
    print(f"{model.model.name}, {model.model.rung}, on {model.model.device}")
    if unknown := unknown_words(prompt, model.card.words):
        print(f"It has never seen: {', '.join(unknown)}")
    model.load()
    model.generate(prompt, on_step=show_bar).save(file)
    print(f"Saved as {Path(file).name}")


if __name__ == "__main__":
    main(*sys.argv[1:])
