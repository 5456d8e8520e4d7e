# expect: content type `application/x-www-form-urlencoded`
import httpx


def send(url: str) -> None:
    station = {"code": "OW4", "name": "Old Wood", "habitat": "forest"}
    httpx.get(f"{url}/stations")
    httpx.post(f"{url}/stations", data=station)
    httpx.get(f"{url}/echo", headers={"X-Observer": "ada"})
