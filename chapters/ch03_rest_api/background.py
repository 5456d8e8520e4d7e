"""Answer first, work afterwards. Try: fastapi dev background.py"""

from fastapi import BackgroundTasks, FastAPI, status

app = FastAPI()

journal: list[str] = []


@app.post("/sightings/{species}", status_code=status.HTTP_202_ACCEPTED)
async def add_sighting(species: str, tasks: BackgroundTasks) -> dict[str, str]:
    tasks.add_task(journal.append, f"saw {species}")
    return {"message": "Noted."}


@app.get("/journal")
async def read_journal() -> list[str]:
    return journal
