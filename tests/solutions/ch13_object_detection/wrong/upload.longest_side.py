# expect: exactly 4,000,000 pixels
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
        if max(im.size) > 2000:
            raise HTTPException(413)
        try:
            im = im.convert("RGB")
        except OSError:
            raise HTTPException(422) from None
        if im.getexif().get(0x112) == 6:
            im = im.rotate(-90, expand=True)
        return {"width": im.width, "height": im.height, "objects": detect(im)}

    return app
