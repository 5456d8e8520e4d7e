"""The small lessons, each under its name: /behind/seen.

The service itself is an application of its own: station/main.py.
"""

from importlib import import_module

from fastapi import FastAPI

LESSONS = ("behind", "bounded", "crew", "patient", "stuck")

apps: dict[str, FastAPI] = {
    name: import_module(f"{__package__}.{name}").app for name in LESSONS
}
app = FastAPI(title="Chapter 10: deployment")


@app.get("/lessons")
async def list_lessons() -> list[str]:
    return [f"/{name}" for name in apps]


for name, lesson in apps.items():
    app.mount(f"/{name}", lesson, name=name)
