"""Renders the handwritten digits that `./dev demo` labels.

Usage: render.py [COUNT]

Takes the optical digits of the UCI repository as they ship inside the pinned scikit-learn wheel (8 x 8 pixels, 17
levels of ink) and draws the first COUNT (1,000) of them as smooth 128-pixel PNGs into images/, with the true digits
in truth.csv. It was run once and its output is checked in; run again on the same zlib it gives the same bytes.

Nothing but Python's standard library and pip is needed. The wheel comes through pip, so the user's own index, proxy
and certificates apply, and is checked against its SHA-256; nothing of it is ever imported.
"""

import csv
import gzip
import hashlib
import io
import pathlib
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib

WHEEL = (
    "scikit-learn==1.7.2"
    " --hash=sha256:e5bf3d930aee75a65478df91ac1225ff89cd28e9ac7bd1196853a9229b6adb0b"
)
TAGS = ["--platform=manylinux2014_x86_64", "--python-version=3.12", "--implementation=cp", "--abi=cp312"]
DATA = "sklearn/datasets/data/digits.csv.gz"

SIDE = 8  # of a source image, in pixels
INK = 16  # the most ink in a source pixel
SIZE = 128  # of a rendered image, in pixels
LEVELS = 16  # of grey: four bits a pixel keep a file at about a kilobyte

HERE = pathlib.Path(__file__).resolve().parent


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    images = HERE / "images"
    images.mkdir(exist_ok=True)
    for old in images.glob("*.png"):
        old.unlink()
    lines, seen = [], set()
    for number, (pixels, digit) in enumerate(read_digits()):
        if len(lines) == count:
            break
        data = encode_png(upscale(pixels))
        digest = hashlib.sha256(data).hexdigest()
        # The demo knows a picture by its bytes alone, so no two may be the same.
        if digest in seen:
            continue
        seen.add(digest)
        name = f"{number:04}.png"
        (images / name).write_bytes(data)
        lines.append([name, digest, digit])
    with open(HERE / "truth.csv", "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["file", "sha256", "digit"])
        writer.writerows(lines)
    print(f"{len(lines)} images in {images}")


def read_digits():
    """Yields each image's 64 amounts of ink, row by row, and the digit that it shows."""
    with tempfile.TemporaryDirectory() as folder:
        pins = pathlib.Path(folder, "pins.txt")
        pins.write_text(WHEEL + "\n")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        command += [*TAGS, "--require-hashes", f"--requirement={pins}", f"--dest={folder}"]
        subprocess.run(command, check=True)
        wheel = next(pathlib.Path(folder).glob("*.whl"))
        with zipfile.ZipFile(wheel) as archive:
            text = gzip.decompress(archive.read(DATA)).decode("ascii")
    for row in csv.reader(io.StringIO(text)):
        values = [int(float(value)) for value in row]
        yield values[:-1], values[-1]


def cubic_weights():
    """For each target coordinate the (source coordinate, weight) pairs of Keys' cubic interpolation (a = -1/2)."""
    weights = []
    for target in range(SIZE):
        # A margin of one source pixel around the picture keeps ink off the edge.
        position = (target + 0.5) / SIZE * (SIDE + 2) - 1.5
        first = int(position // 1) - 1
        pairs = []
        for source in range(first, first + 4):
            x = abs(position - source)
            if x < 1:
                weight = 1.5 * x**3 - 2.5 * x**2 + 1
            else:
                weight = -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2
            if 0 <= source < SIDE:  # beyond the picture there is no ink
                pairs.append((source, weight))
        weights.append(pairs)
    return weights


WEIGHTS = cubic_weights()


def upscale(pixels):
    """The picture as SIZE rows of SIZE levels of grey, dark ink on white."""
    rows = [pixels[row * SIDE : (row + 1) * SIDE] for row in range(SIDE)]
    wide = [[sum(row[source] * weight for source, weight in pairs) for pairs in WEIGHTS] for row in rows]
    picture = []
    for pairs in WEIGHTS:
        line = [0.0] * SIZE
        for source, weight in pairs:
            line = [value + ink * weight for value, ink in zip(line, wide[source])]
        picture.append([shade(value / INK) for value in line])
    return picture


def shade(ink):
    """The level of grey for an amount of ink: a smooth step, so that strokes look drawn rather than blurred."""
    step = min(1.0, max(0.0, (ink - 0.15) / 0.6))
    step = step * step * (3 - 2 * step)
    return LEVELS - 1 - round(step * (LEVELS - 1))


def encode_png(picture):
    """A greyscale PNG with four bits a pixel (ISO/IEC 15948)."""
    raw = bytearray()
    for line in picture:
        raw.append(0)  # no filter: long runs of the same level compress best as they are
        raw += bytes(line[x] << 4 | line[x + 1] for x in range(0, SIZE, 2))
    header = struct.pack(">IIBBBBB", SIZE, SIZE, 4, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(raw), 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(kind, data) for kind, data in chunks)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


if __name__ == "__main__":
    main()
