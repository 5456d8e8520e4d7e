"""Take sightings, list them, and let an administrator delete one.

Try: http :8010/sightings species=kestrel count:=2
"""

import secrets
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Header, HTTPException, Path, Query, Request
from sqlalchemy import select

from .database import Session
from .models import Sighting
from .schemas import LARGEST, Page, Problem, SightingCreate, SightingRead

router = APIRouter(prefix="/sightings", tags=["sightings"])


def require_admin(request: Request, x_admin_key: Annotated[str, Header()] = "") -> None:
    """Compared in constant time, as bytes: a header may hold any character."""
    expected = request.app.state.settings.admin_key.get_secret_value()
    if not secrets.compare_digest(x_admin_key.encode(), expected.encode()):
        raise HTTPException(401, "This needs the administrator's key.")


@router.post("", status_code=201, response_model=SightingRead)
async def create_sighting(new: SightingCreate, session: Session) -> Sighting:
    sighting = Sighting(**new.model_dump())
    session.add(sighting)
    await session.commit()
    return sighting


@router.get("", response_model=list[SightingRead])
async def list_sightings(
    page: Annotated[Page, Query()], session: Session
) -> Sequence[Sighting]:
    query = select(Sighting).order_by(Sighting.id).offset(page.skip).limit(page.limit)
    return (await session.scalars(query)).all()


@router.delete(
    "/{sighting_id}",
    status_code=204,
    dependencies=[Depends(require_admin)],
    responses={401: {"model": Problem}, 404: {"model": Problem}},
)
async def delete_sighting(
    sighting_id: Annotated[int, Path(ge=1, le=LARGEST)], session: Session
) -> None:
    if (sighting := await session.get(Sighting, sighting_id)) is None:
        raise HTTPException(404, f"No sighting {sighting_id}.")
    await session.delete(sighting)
    await session.commit()
