# Sourced by the scripts beside it: makes .venv at the top of the checkout once per state of pyproject.toml,
# with Blender and the tools for development, and puts it first on PATH.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python="${PYTHON:-python3.11}"
command -v "$python" >/dev/null || python=python3
if [ "$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')" != "3.11" ]; then
    echo "synthvision: Python 3.11 is needed (Blender's module is made for it), got $("$python" --version 2>&1);" \
        "name one with PYTHON=/path/to/python3.11" >&2
    exit 2
fi

wanted="$(cksum <pyproject.toml)"
if [ "$(cat .venv/installed 2>/dev/null)" != "$wanted" ]; then
    echo "synthvision: installing into .venv (Blender's wheel alone is 370 MB)" >&2
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --editable ".[blender,dev]" >&2
    echo "$wanted" >.venv/installed
fi
export PATH="$PWD/.venv/bin:$PATH"
