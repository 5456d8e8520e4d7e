# expect: without the header `X-Observer: ada`
import httpx


def send(url: str) -> None:
    station = {"code": "OW4", "name": "Old Wood", "habitat": "forest"}
    httpx.get(f"{url}/stations")
    httpx.post(f"{url}/stations", json=station)
    httpx.get(f"{url}/echo", params={"X-Observer": "ada"})
