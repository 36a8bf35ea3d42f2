"""Cuts the part out of a JPEG that the benchmark asks for, so many times, with Pillow; prints Pillow's version and the
CPU milliseconds of one.

pip install pillow==13.0.0
"""

import io
import sys
import time

import PIL
from PIL import Image

data = open(sys.argv[1], "rb").read()
times = int(sys.argv[2])


def crop():
    picture = Image.open(io.BytesIO(data))
    width, height = picture.size
    left, top = width // 4, height * 45 // 100
    part = picture.crop((left, top, left + width // 2, top + height // 10))
    part.save(io.BytesIO(), "JPEG", quality=80)


crop()
start = time.process_time()
for _ in range(times):
    crop()
print(PIL.__version__, (time.process_time() - start) * 1000 / times)
