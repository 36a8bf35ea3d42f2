"""Makes the files of this folder with Pillow 13.0: what another encoder writes, of a picture that is known.

The picture has 48 x 32 pixels: red grows to the right, green to the bottom, and blue is 64; but for the upper left
quarter, which is 40, 40, 200.

Usage: make.py FOLDER
"""

import pathlib
import sys

from PIL import Image, PngImagePlugin

BACK = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270}
SECRET = "48.1372 N, 11.5755 E"


def picture():
    whole = Image.new("RGB", (48, 32))
    for y in range(32):
        for x in range(48):
            whole.putpixel((x, y), (40, 40, 200) if x < 24 and y < 16 else (x * 5, y * 7, 64))
    return whole


def main():
    folder = pathlib.Path(sys.argv[1])
    whole = picture()
    for turn in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = turn
        exif[0x010E] = SECRET
        stored = whole.transpose(BACK[turn]) if turn in BACK else whole
        stored.save(folder / f"turned{turn}.jpg", quality=92, exif=exif, comment=SECRET, progressive=turn % 2 == 0)
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = SECRET
    whole.transpose(BACK[6]).save(folder / "turned6.webp", quality=90, exif=exif, xmp=SECRET.encode())
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SECRET)
    text.add_itxt("XML:com.adobe.xmp", SECRET)
    whole.transpose(BACK[6]).save(folder / "turned6.png", exif=exif, pnginfo=text)
    whole.convert("L").save(folder / "grey.jpg", quality=92)
    whole.convert("CMYK").save(folder / "inks.jpg", quality=92)
    whole.save(folder / "restarts.jpg", quality=92, restart_marker_rows=1)
    whole.quantize(64).save(folder / "palette.png", transparency=0)
    grey = Image.new("I;16", whole.size)
    for place in [(x, y) for x in range(48) for y in range(32)]:
        grey.putpixel(place, whole.convert("L").getpixel(place) * 257)
    grey.save(folder / "grey16.png")
    frames = [whole.transpose(Image.Transpose.FLIP_LEFT_RIGHT), whole.transpose(Image.Transpose.ROTATE_180)]
    for name in ["animated.gif", "animated.webp", "animated.png"]:
        whole.save(folder / name, save_all=True, append_images=frames, duration=[120, 240, 360], loop=3)


if __name__ == "__main__":
    main()
