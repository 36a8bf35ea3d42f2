"""Makes pictures of JPEGs with Pillow, as the benchmark tells it.

The files are named on the command line and read at once. The first line that is written names the engine. For each
line that is read, `resize` or `crop`, all files are made once, and a line tells the CPU milliseconds of one of them,
the mean bytes of a result, and its width and height.
"""

import io
import sys
import time

import PIL
from PIL import Image

QUALITY = 80
FILES = [open(path, "rb").read() for path in sys.argv[1:]]


def resized(picture):
    # Decodes at 1/2, 1/4 or 1/8, no smaller than the result: what Pillow does with least CPU.
    width, height = 800, picture.height * 800 // picture.width
    picture.draft("RGB", (width, height))
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def cropped(picture):
    width, height = picture.size
    left, top = width // 4, height * 45 // 100
    return picture.crop((left, top, left + width // 2, top + height // 10))


def made(work, data):
    picture = {"resize": resized, "crop": cropped}[work](Image.open(io.BytesIO(data)))
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=QUALITY, subsampling="4:2:0")
    return len(file.getvalue()), picture.width, picture.height


print("Pillow", PIL.__version__, flush=True)
for line in sys.stdin:
    start = time.process_time()
    results = [made(line.strip(), data) for data in FILES]
    cpu_ms = (time.process_time() - start) * 1000
    sizes, (width, height) = [size for size, _, _ in results], results[0][1:]
    print(cpu_ms / len(FILES), sum(sizes) // len(FILES), width, height, flush=True)
