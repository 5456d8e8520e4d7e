"""What all clients of a process share: the model, its turns, and the counts.

Used by app.py (uploads) and stream.py (frames).
"""

import time
from typing import Annotated, Self

from fastapi import Depends
from fastapi.requests import HTTPConnection

from chapters.ch13_object_detection.service.detector import Detector, load
from chapters.ch13_object_detection.service.pictures import read_picture
from chapters.ch13_object_detection.service.schemas import Lines, Seen
from chapters.ch13_object_detection.service.settings import Settings
from chapters.ch13_object_detection.service.turns import Turns


class Watch:
    def __init__(self, settings: Settings, detector: Detector, turns: Turns) -> None:
        self.settings, self.detector, self.turns = settings, detector, turns
        self.lines = Lines()

    @classmethod
    async def begin(cls, settings: Settings) -> Self:
        """Loads the model, in the thread that will use it."""
        turns = Turns()
        return cls(settings, await turns.run(lambda: load(settings)), turns)

    def see(self, content: bytes) -> Seen:
        """Decode and look. Blocks; raises Unusable for what is no picture."""
        start = time.perf_counter()
        image = read_picture(content, self.settings.pixels)
        objects = self.detector.predict(image)
        return Seen(
            objects=objects,
            width=image.width,
            height=image.height,
            ms=round((time.perf_counter() - start) * 1e3, 1),
            model=self.detector.named,
        )

    def end(self) -> None:
        self.turns.pool.shutdown(wait=False, cancel_futures=True)


def get_watch(connection: HTTPConnection) -> Watch:
    watch: Watch = connection.state.watch
    return watch


TheWatch = Annotated[Watch, Depends(get_watch)]
