# expect: 4,001,000 pixels
from fastapi import FastAPI, HTTPException, UploadFile
from PIL import Image, ImageOps


def photo_app(detect):
    app = FastAPI()

    @app.post("/photos")
    def look(photo: UploadFile):
        try:
            im = Image.open(photo.file)
        except OSError:
            raise HTTPException(415) from None
        if im.width * im.height > 40_000_000:
            raise HTTPException(413)
        try:
            im = ImageOps.exif_transpose(im).convert("RGB")
        except OSError:
            raise HTTPException(422) from None
        return {"width": im.width, "height": im.height, "objects": detect(im)}

    return app
