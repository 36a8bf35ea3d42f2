"""Tells of each file that is named on the command line whether Pillow reads its picture, as a training does."""

import sys
import warnings

from PIL import Image

warnings.simplefilter("ignore")
for path in sys.argv[1:]:
    try:
        with Image.open(path) as picture:
            picture.load()
        print("read")
    except Exception as error:
        print(f"{type(error).__name__}: {error}".splitlines()[0])
