"""An `async def` makes a coroutine: a plan that runs when it is awaited.

Try: python -m chapters.ch02_python.coroutines
"""

import asyncio


async def listen(species: str, seconds: float = 0.01) -> str:
    await asyncio.sleep(seconds)  # the loop may do other work here
    return f"heard a {species}"


async def main() -> None:
    print("The night begins.")
    print(await listen("nightjar"))


if __name__ == "__main__":
    asyncio.run(main())  # one entry, one event loop
