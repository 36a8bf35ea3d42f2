"""Draws a contact sheet of digits with the labels that were decided for them, as SVG.

Usage: sheet.py RESULTS > SHEET.svg

RESULTS has a decided image a line, as `labelmesh tasks results TASK --json` and `./dev demo --results FILE` write
them. The first 60 are drawn in their order, each with its label and confidence; contested and wrong ones are framed.
Nothing but Python's standard library is needed.
"""

import csv
import json
import pathlib
import struct
import sys
import zlib

HERE = pathlib.Path(__file__).resolve().parent

DRAWN, ACROSS = 60, 12
CELL, LINE = 62, 88  # the distance from picture to picture, in pixels
SIDE = 28  # dots across a picture; each is drawn two pixels wide
SHADES = (2, 5, 8, 11, 14)  # of 15: what is darker is inked once more
CLEAR, CONTESTED, WRONG = "#d4d4d8", "#d97706", "#dc2626"


def main():
    with open(sys.argv[1]) as file:
        results = [json.loads(line) for line in file if line.strip()]
    with open(HERE / "truth.csv", newline="") as file:
        truth = {row["file"]: row["digit"] for row in csv.DictReader(file)}
    shown = results[:DRAWN]
    width, height = ACROSS * CELL + 16, -(-len(shown) // ACROSS) * LINE + 40
    print(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        ' font-family="system-ui, Helvetica, Arial, sans-serif" text-anchor="middle">'
    )
    print(f'<rect width="{width}" height="{height}" rx="8" fill="#ffffff"/>')
    for number, result in enumerate(shown):
        print(cell(8 + number % ACROSS * CELL, 8 + number // ACROSS * LINE, result, truth[result["name"]]))
    print(f'<text x="{width / 2}" y="{height - 12}" font-size="13" fill="#3f3f46">{summary(results, truth)}</text>')
    print("</svg>")


def cell(x, y, result, digit):
    """One picture with its frame and what was decided."""
    label, contested = result.get("label", ""), result.get("contested", False)
    frame = WRONG if label != digit else CONTESTED if contested else CLEAR
    note = f"is {digit}" if label != digit else "contested" if contested else f"{result['confidence']:.0%}"
    middle, color = x + CELL / 2, "#71717a" if frame == CLEAR else frame
    inked = "".join(f'<path d="{path}" fill-opacity=".3"/>' for path in ink(HERE / "images" / result["name"]))
    return (
        f'<rect x="{x + 2}" y="{y + 1}" width="58" height="58" rx="4" fill="#fff" stroke="{frame}"'
        f' stroke-width="{1 if frame == CLEAR else 2.5}"/>'
        f'<g transform="translate({x + 3} {y + 2}) scale(2)" shape-rendering="crispEdges">{inked}</g>'
        f'<text x="{middle}" y="{y + 76}" font-size="13"><tspan font-weight="700">{label}</tspan>'
        f'<tspan dx="4" font-size="11" fill="{color}">{note}</tspan></text>'
    )


def ink(file):
    """For each shade the runs of dots that are at least as dark, as an SVG path."""
    dots = picture(file)
    for shade in SHADES:
        path = ""
        for y in range(SIDE):
            x = 0
            while x < SIDE:
                end = x
                while end < SIDE and dots[y][end] >= shade:
                    end += 1
                if end > x:
                    path += f"M{x} {y}h{end - x}v1h{x - end}z"
                x = end + 1
        yield path


def picture(file):
    """The darkness of each dot, 0 to 15, of a PNG that `render.py` has written: 4 bits of grey, no filters."""
    data, at, raw = file.read_bytes(), 8, b""
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind == b"IHDR":
            size = struct.unpack(">I", data[at + 8 : at + 12])[0]
        elif kind == b"IDAT":
            raw += data[at + 8 : at + 8 + length]
        at += length + 12
    lines = zlib.decompress(raw)
    stride = size // 2 + 1

    def dark(x, y):
        byte = lines[y * stride + 1 + x // 2]
        return 15 - (byte & 15 if x % 2 else byte >> 4)

    at = [round((dot + 0.5) * size / SIDE - 0.5) for dot in range(SIDE)]
    return [[dark(x, y) for x in at] for y in at]


def summary(results, truth):
    votes = sum(int(count["votes"]) for result in results for count in result.get("votes", []))
    right = sum(result.get("label") == truth[result["name"]] for result in results) / len(results)
    contested = sum(result.get("contested", False) for result in results)
    return (
        f"the first {min(DRAWN, len(results))} of {len(results)} images; {votes} votes in all; "
        f"{right:.1%} of the labels right, {contested} contested"
    )


if __name__ == "__main__":
    main()
