#!/usr/bin/env bash
# Makes `.venv` in the project's root with the pinned peers, or brings an existing one up to date. Needs Python 3.10 or later.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
venv=$(cd "$here/../.." && pwd)/.venv
installed=$venv/requirements.installed

if cmp -s "$here/requirements.txt" "$installed"; then
  echo "$venv is up to date"
  exit 0
fi
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
cp "$here/requirements.txt" "$installed"
echo "$venv is ready"
