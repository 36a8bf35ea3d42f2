"""Uploads a picture by one of the clients that people use, and prints what became of it.

Usage: uploads.py CLIENT URL TOKEN NAME; the picture comes over the standard input.
"""

import sys


def main():
    client, url, token, name = sys.argv[1:]
    picture = sys.stdin.buffer.read()
    upload = {"requests": by_requests, "httpx": by_httpx, "aiohttp": by_aiohttp}[client]
    print(upload(f"{url}", {"authorization": f"Bearer {token}"}, {"file": (name, picture, "image/png")}))


def by_requests(url, headers, files):
    import requests

    # A field that is no file comes first, as forms have them.
    return requests.post(url, headers=headers, data={"csrf": "x"}, files=files, timeout=60).text


def by_httpx(url, headers, files):
    import httpx

    return httpx.post(url, headers=headers, data={"csrf": "x"}, files=files, timeout=60).text


def by_aiohttp(url, headers, files):
    import asyncio

    import aiohttp

    async def upload():
        form = aiohttp.FormData({"csrf": "x"})
        for field, (name, picture, media_type) in files.items():
            form.add_field(field, picture, filename=name, content_type=media_type)
        async with aiohttp.ClientSession() as session, session.post(url, headers=headers, data=form) as answer:
            return await answer.text()

    return asyncio.run(upload())


main()
