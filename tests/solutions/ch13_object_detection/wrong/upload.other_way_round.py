# expect: it must be turned as the note says
from fastapi import FastAPI, HTTPException, UploadFile
from PIL import Image


def photo_app(detect):
    app = FastAPI()

    @app.post("/photos")
    def look(photo: UploadFile):
        try:
            im = Image.open(photo.file)
        except OSError:
            raise HTTPException(415) from None
        if im.width * im.height > 4_000_000:
            raise HTTPException(413)
        turn = im.getexif().get(0x112)
        try:
            im = im.convert("RGB")
        except OSError:
            raise HTTPException(422) from None
        if turn == 6:
            im = im.rotate(90, expand=True)
        return {"width": im.width, "height": im.height, "objects": detect(im)}

    return app
