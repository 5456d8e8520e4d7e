# expect: the model knows three colours
from fastapi import FastAPI, HTTPException, UploadFile
from PIL import Image, ImageOps, UnidentifiedImageError


def photo_app(detect):
    app = FastAPI()

    @app.post("/photos")
    def look(photo: UploadFile) -> dict:
        try:
            image = Image.open(photo.file)
        except UnidentifiedImageError:
            raise HTTPException(415, "This is no picture.") from None
        if image.width * image.height > 4_000_000:
            raise HTTPException(413, "At most 4 million pixels.")
        try:
            image = ImageOps.exif_transpose(image)
        except OSError:
            raise HTTPException(422, "The picture is damaged.") from None
        found = detect(image)
        return {"width": image.width, "height": image.height, "objects": found}

    return app
