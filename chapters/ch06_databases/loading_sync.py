"""The page of `loading.py` once more, with the driver that is not asynchronous.

Try: len(selectin(open_engine()))
"""

from collections.abc import Sequence

from sqlalchemy import Engine, create_engine, select
from sqlalchemy.orm import Session, selectinload

from chapters.ch06_databases.loading_models import Base, Station, sample


def open_engine() -> Engine:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        session.add_all(sample(stations=200, each=5))
    return engine


def selectin(engine: Engine) -> Sequence[Station]:
    query = select(Station).order_by(Station.id).limit(20)
    with Session(engine) as session:
        found = session.scalars(query.options(selectinload(Station.sightings)))
        return found.all()
