"""An address is more than text: these types check it and bring it into one form.

Try: python -i -m chapters.ch04_data_models.email_and_url
"""

from pydantic import BaseModel, EmailStr, HttpUrl


class Observer(BaseModel):
    email: EmailStr
    homepage: HttpUrl


LOOSE = {
    "email": " Ada@Observatory.Example ",
    "homepage": "HTTPS://Observatory.Example:443",
}
BAD_EMAILS = ["ada", "ada@localhost", "ada@observatory.test"]
BAD_URLS = ["ada", "ftp://observatory.example"]
