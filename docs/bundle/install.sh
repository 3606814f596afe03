#!/bin/sh
# Installs Octavo from the files beside this one, without any network:
#
#   ./install.sh [FOLDER]        an environment in FOLDER (/opt/octavo), with FOLDER/bin/octavo
#   PYTHON=python3.12 ./install.sh
#
# It checks every file first. FOLDER may be there from an earlier version: stop Octavo before.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-/opt/octavo}
python=${PYTHON:-python3}

fail() {
  echo "install.sh: $1" >&2
  exit 1
}

cd "$here"
if command -v sha256sum >/dev/null; then
  sha256sum --check --quiet SHA256SUMS || fail "a file is damaged or missing: carry the bundle over again"
else
  shasum -a 256 --check --quiet SHA256SUMS || fail "a file is damaged or missing: carry the bundle over again"
fi

is='import sys, sysconfig; print("py%d.%d-%s" % (*sys.version_info[:2], sysconfig.get_platform()))'
here_is=$("$python" -c "$is") || fail "there is no $python; name one: PYTHON=… ./install.sh"
made_for=$(cat PLATFORM)
[ "$here_is" = "$made_for" ] || fail "this bundle is for $made_for, and $python is $here_is"
"$python" -c 'import venv, ensurepip' 2>/dev/null ||
  fail "this Python lacks venv (Debian and Ubuntu: the package python3-venv, which is no part of the bundle)"

"$python" -m venv "$folder"
"$folder/bin/python" -m pip --disable-pip-version-check --isolated --quiet install \
  --no-index --find-links wheels --require-hashes --no-deps --force-reinstall --requirement wheels.txt
"$folder/bin/python" -m pip --disable-pip-version-check --isolated check >/dev/null ||
  fail "the environment in $folder is not whole; take an empty folder"
echo "Octavo is in $folder. Next: $folder/bin/octavo doctor"
