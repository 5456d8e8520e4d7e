"""A login that returns early tells who has an account, by the clock alone.

Try: fastapi dev timing_oracle.py, then time /early and /even for ada and for zoe
"""

from fastapi import FastAPI
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import BaseModel

app = FastAPI()
# Slower than the gate's, so that one sees it over the noise of a network.
hashes = PasswordHash((Argon2Hasher(time_cost=4, memory_cost=65_536, parallelism=1),))
# The gate's own cost, for a comparison of many rounds.
even_hashes = PasswordHash((Argon2Hasher(2, 19_456, parallelism=1),))
early_book = {"ada": hashes.hash("herons nest in the oak")}
even_book = {"ada": even_hashes.hash("herons nest in the oak")}
nobodys = even_hashes.hash("a password that nobody has")


class Guess(BaseModel):
    observer: str
    password: str


@app.post("/early")
def sign_in_early(guess: Guess) -> bool:
    known = early_book.get(guess.observer)
    if known is None:
        return False
    return hashes.verify(guess.password, known)


@app.post("/even")
def sign_in_even(guess: Guess) -> bool:
    known = even_book.get(guess.observer)
    fine = even_hashes.verify(guess.password, known or nobodys)
    return fine and known is not None
