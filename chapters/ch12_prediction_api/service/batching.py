"""Micro-batching: who asks at the same time is answered by one call of the model.

Try: async with MicroBatcher(predict) as batcher: await batcher.ask(row)
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Generic, Self, TypeVar

from starlette.concurrency import run_in_threadpool

Row = TypeVar("Row")
Answer = TypeVar("Answer")


class MicroBatcher(Generic[Row, Answer]):
    """Waits for at most `most` rows or `wait` seconds, then calls `predict` once."""

    def __init__(
        self,
        predict: Callable[[list[Row]], Sequence[Answer]],
        *,
        most: int = 64,
        wait: float = 0.002,
        queue: int = 1024,
    ) -> None:
        self.predict, self.most, self.wait = predict, most, wait
        self.sizes: list[int] = []  # of the last batches
        self._queue: asyncio.Queue[tuple[Row, asyncio.Future[Answer]]]
        self._queue = asyncio.Queue(queue)

    async def ask(self, row: Row) -> Answer:
        """This row's answer; asyncio.QueueFull when too many are waiting already."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((row, future))
        return await future

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *error: object) -> None:
        self._task.cancel()
        await asyncio.wait([self._task])
        while not self._queue.empty():
            self._queue.get_nowait()[1].cancel()

    async def _run(self) -> None:
        while True:
            batch = [await self._queue.get()]
            try:
                await self._fill(batch)
                # A client that has given up needs no answer.
                await self._answer([one for one in batch if not one[1].done()])
            finally:  # whoever is left must not wait for ever
                for _, future in batch:
                    future.cancel()

    async def _fill(self, batch: list[tuple[Row, asyncio.Future[Answer]]]) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self.wait):
                while len(batch) < self.most:
                    batch.append(await self._queue.get())

    async def _answer(self, batch: list[tuple[Row, asyncio.Future[Answer]]]) -> None:
        if not batch:
            return
        self.sizes = [*self.sizes[-99:], len(batch)]
        try:
            answers = await run_in_threadpool(self.predict, [row for row, _ in batch])
        except Exception as error:
            await self._blame(batch, error)
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)

    async def _blame(
        self, batch: list[tuple[Row, asyncio.Future[Answer]]], error: Exception
    ) -> None:
        """The error belongs to one row: each is asked alone, and gets its own."""
        if len(batch) > 1:
            for one in batch:
                await self._answer([one])
        elif not batch[0][1].done():
            batch[0][1].set_exception(error)
