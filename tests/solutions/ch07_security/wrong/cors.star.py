# expect: allowed the origin `https://evil.example`
from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(
    CORSMiddleware,
    allow_origins=["*"],
    allow_methods=["GET", "POST", "DELETE"],
    allow_headers=["X-Station"],
    allow_credentials=True,
)


@app.get("/species")
async def list_species() -> list[str]:
    return ["kestrel", "otter"]


@app.post("/notes", status_code=201)
async def add_note(text: str) -> str:
    return text
