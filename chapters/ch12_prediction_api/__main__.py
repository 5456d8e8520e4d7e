"""Train what is not there, and serve: python -m chapters.ch12_prediction_api"""

import uvicorn

from chapters.ch12_prediction_api.service.settings import Settings
from chapters.ch12_prediction_api.service.training import provide

provide(Settings().models)
uvicorn.run("chapters.ch12_prediction_api.app:app", host="127.0.0.1", port=8012)
