"""Register, look at your own account, change its name, leave.

Try: open /gate/docs and press Authorize
"""

from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from chapters.ch07_security.gate.models import Observer
from chapters.ch07_security.gate.schemas import (
    NameChange,
    NewObserver,
    ObserverRead,
    Refusal,
    Responses,
)
from chapters.ch07_security.gate.signed_in import (
    Address,
    Database,
    Here,
    SignedIn,
    require_warden,
)

TOO_MANY: Responses = {429: {"model": Refusal, "description": "Too many attempts."}}
TAKEN: Responses = {
    409: {"model": Refusal, "description": "This e-mail is registered."}
}

router = APIRouter(tags=["accounts"])
# A route that joins this router tomorrow is the wardens' without a line of its own.
wardens = APIRouter(
    prefix="/wardens", tags=["wardens"], dependencies=[Depends(require_warden)]
)


@router.post("/register", status_code=201, responses=TOO_MANY | TAKEN)
async def register(
    new: NewObserver, here: Here, database: Database, address: Address
) -> ObserverRead:
    await here.attempts.join(address)
    hashed = await here.passwords.hash(new.password.get_secret_value())
    observer = Observer(email=new.email, name=new.name, password_hash=hashed)
    database.add(observer)
    try:  # no "is it taken?" before: two who ask at once would both hear no
        await database.commit()
    except IntegrityError:
        await database.rollback()
        raise HTTPException(409, "This e-mail is registered already.") from None
    return ObserverRead.model_validate(observer)


@router.get("/me")
async def read_me(me: SignedIn) -> ObserverRead:
    return ObserverRead.model_validate(me)


@router.patch("/me")
async def change_me(
    change: NameChange, me: SignedIn, database: Database
) -> ObserverRead:
    me.name = change.name
    await database.commit()
    return ObserverRead.model_validate(me)


@router.delete("/me", status_code=204)
async def leave(me: SignedIn, database: Database) -> None:
    """Tokens and sightings go, too: the database's foreign keys see to it."""
    await database.execute(delete(Observer).where(Observer.id == me.id))
    await database.commit()


@wardens.get("/observers")
async def list_observers(database: Database) -> list[ObserverRead]:
    found = await database.scalars(select(Observer).order_by(Observer.id))
    return [ObserverRead.model_validate(one) for one in found]
