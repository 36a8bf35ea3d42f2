"""Gets Chromium, with which tests and the demo make pictures of web pages.

Usage: chromium.py PARTS_FOLDER

One that is there is taken: the program that LABELMESH_CHROMIUM names, or one on the PATH. Otherwise apt downloads
Debian's package with what it needs, from the system's own sources into the parts folder. Apt checks the signatures. The
version is the newest that Debian has on that day. Nothing is installed, so root is not needed.

The result is PARTS_FOLDER/chromium-<version>/ with a starter `bin/chromium`, and a link `chromium` to it. Both appear
by a rename, as the servers do. Where it can't be had, one line says so and nothing fails: tests with a browser do not
run.
"""

import fcntl
import os
import pathlib
import platform
import shutil
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import fetch

PACKAGES = ["chromium", "fonts-dejavu-core"]

# What apt takes for installed. The C library and the program that loads it fit each other only if both are the
# system's. The others are for windows on a desktop, which a browser without a window never has.
TAKEN_FOR_INSTALLED = ["libc6", "x11-utils", "xdg-desktop-portal-backend", "xdg-utils"]

# Whatever the system does after its own updates it shall not do after ours.
SETTINGS = """
Dir::State "{folder}/state";
Dir::Cache "{folder}/cache";
Dir::State::status "{folder}/status";
Acquire::Languages "none";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
"""

STATUS = """Package: {package}
Status: install ok installed
Version: 999:0
Architecture: all
Multi-Arch: foreign
Maintainer: nobody <nobody@localhost>
Description: not wanted

"""

# One family of fonts, found beside this file wherever it is copied to.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir prefix="relative">usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
</fontconfig>
"""

# A link to the starter finds the folder, too.
STARTER = """#!/bin/sh
# Starts the Chromium beside it with its libraries and fonts, and nothing else of the system's.
root=$(CDPATH='' cd -- "$(dirname -- "$(readlink -f -- "$0")")/.." && pwd) || exit
LD_LIBRARY_PATH={libraries}
FONTCONFIG_FILE=$root/fonts.conf
export LD_LIBRARY_PATH FONTCONFIG_FILE
exec "$root/usr/lib/chromium/chromium" "$@"
"""


class Missing(Exception):
    """Why there is no Chromium."""


def main():
    if len(sys.argv) != 2:
        fetch.fail(f"usage: {sys.argv[0]} PARTS_FOLDER")
    parts = pathlib.Path(sys.argv[1])
    if is_there() or (parts / "chromium" / "bin" / "chromium").exists():
        return
    os.umask(0o022)  # the user that a browser runs as must be able to read what we publish
    try:
        need_debian()
        parts.mkdir(parents=True, exist_ok=True)
        with open(parts / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not (parts / "chromium" / "bin" / "chromium").exists():
                fetch.point_to(parts, "chromium", install(parts))
    except (Missing, OSError) as error:
        print(f"dev: tests with a browser will not run: {error}; LABELMESH_CHROMIUM can name one", file=sys.stderr)


def is_there():
    """Whether the user has one. A program that only tells what to install does not count."""
    if os.environ.get("LABELMESH_CHROMIUM"):
        return True
    programs = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    return any(fetch.works([program, "--version"]) for program in programs if program)


def need_debian():
    """Other systems have no such package, or one that installs something else."""
    try:
        debian = platform.freedesktop_os_release()["ID"] == "debian"
    except (OSError, AttributeError):  # Python has this function since 3.10
        debian = pathlib.Path("/etc/debian_version").exists() and not pathlib.Path("/etc/lsb-release").exists()
    if not debian or not shutil.which("apt-get") or not shutil.which("dpkg-deb"):
        raise Missing("there is no Chromium here, and only Debian's can be fetched")


def install(parts):
    """Downloads, unpacks, tries and publishes Chromium. Returns the name of its folder."""
    print(f"fetching Debian's Chromium with its libraries into {parts} (once)", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="new-", dir=parts) as folder:
        folder = pathlib.Path(folder).resolve()
        fresh = folder / "fresh"
        archives = download(folder / "apt")
        for archive in archives:
            call(["dpkg-deb", "--extract", archive, fresh])
        strip(fresh)
        (fresh / "fonts.conf").write_text(FONTS)
        write_starter(fresh)
        version = version_of(archives)
        try_out(fresh, folder)
        name = f"chromium-{version}"
        shutil.rmtree(parts / name, ignore_errors=True)
        fresh.rename(parts / name)
    print(f"Chromium {version} is there", file=sys.stderr)
    return name


def download(folder):
    """Has apt download the packages into a folder, as if the machine had none of what they need."""
    for needed in ("state/lists/partial", "cache/archives/partial"):
        (folder / needed).mkdir(parents=True)
    (folder / "apt.conf").write_text(SETTINGS.format(folder=folder))
    (folder / "status").write_text("".join(STATUS.format(package=package) for package in TAKEN_FOR_INSTALLED))
    apt = ["apt-get", f"--config-file={folder}/apt.conf", "--quiet=2"]
    # One of several sources may be away; if it is the one that matters, the packages are missing.
    subprocess.run([*apt, "update"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    call([*apt, "install", "--download-only", "--assume-yes", *PACKAGES])
    return sorted((folder / "cache" / "archives").glob("*.deb"))


def call(command):
    """Runs a command. The last line that it says is the reason if it fails."""
    result = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if result.returncode != 0:
        said = result.stderr.strip().splitlines() or [f"status {result.returncode}"]
        raise Missing(f"{command[0]} failed ({said[-1]})")


def strip(fresh):
    """Leaves the programs, their libraries and the fonts: a third of the files, of which copies are made."""
    for folder in (*fresh.iterdir(), *(fresh / "usr").iterdir(), *(fresh / "usr" / "share").iterdir()):
        if folder.relative_to(fresh).as_posix() not in ("lib", "usr", "usr/lib", "usr/share", "usr/share/fonts"):
            shutil.rmtree(folder)
    for path in fresh.rglob("*"):
        if path.is_symlink() and not path.exists():  # into what was not kept, or into the system
            path.unlink()


def write_starter(fresh):
    """Names every folder that has libraries."""
    folders = {path.parent.relative_to(fresh) for path in fresh.rglob("lib*.so*")}
    starter = fresh / "bin" / "chromium"
    starter.parent.mkdir()
    starter.write_text(STARTER.format(libraries=":".join(f"$root/{folder}" for folder in sorted(folders))))
    starter.chmod(0o755)


def version_of(archives):
    """The version of Debian's package, as its archive says it."""
    archive = next(archive for archive in archives if archive.name.startswith("chromium_"))
    told = subprocess.run(["dpkg-deb", "--field", archive, "Version"], stdout=subprocess.PIPE, text=True, check=True)
    return told.stdout.strip().replace(":", "_")


def try_out(fresh, home):
    """Runs it once, so that a machine on which it can't run is found out here and not later."""
    environment = {**os.environ, "HOME": str(home)}
    result = subprocess.run([fresh / "bin" / "chromium", "--version"], env=environment, stdout=subprocess.DEVNULL,
                            stderr=subprocess.PIPE, text=True)
    if result.returncode != 0:
        raise Missing(f"Chromium was fetched but does not run here ({result.stderr.strip()})")


main()
