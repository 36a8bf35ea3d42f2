"""Decodes the AVIF files named on the command line with Pillow, each to a PNG beside it.

Says of each its size, its mode, whether it is one picture, and what metadata it has.
"""

import sys

from PIL import Image

for path in sys.argv[1:]:
    with Image.open(path) as picture:
        picture.load()
        metadata = sorted(set(picture.info) - {"duration", "timestamp"})
        print(picture.format, picture.width, picture.height, picture.mode, picture.n_frames, *metadata)
        picture.save(path + ".png", icc_profile=None, exif=b"")
