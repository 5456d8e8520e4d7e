"""The trap: `*` together with credentials admits every site, each by its name.

Try: curl -i -H 'Origin: https://evil.example' http://127.0.0.1:8007/cors-wildcard/me
"""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)


@app.get("/me")
async def read_me() -> dict[str, str]:
    return {"email": "ada@reserve.example"}
