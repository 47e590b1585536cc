"""The command line: parse, print, exit codes. The work is done elsewhere."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from synthvision import __version__
from synthvision.cli import datasets, recipes
from synthvision.errors import SynthvisionError
from synthvision.run.child import SINGLE_THREADED

app = typer.Typer(
    help="A procedural computer-vision scene renderer: a recipe in, an exactly labelled dataset out.",
    epilog="Exit codes: 0 done, 1 failed run or faulty dataset, 2 wrong use or wrong recipe.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Print the version and end.")] = False,
    _debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of errors; stands anywhere.")] = False,
) -> None:
    if version:
        typer.echo(f"synthvision {__version__}")
        raise typer.Exit


for _command in (
    recipes.render,
    recipes.preview,
    recipes.sample,
    recipes.check,
    recipes.schema,
    recipes.recipes,
    recipes.doctor,
    datasets.validate,
    datasets.merge,
    datasets.split,
    datasets.subset,
    datasets.mix,
    datasets.dedup,
    datasets.diff,
    datasets.show,
    datasets.report,
    datasets.card,
    datasets.export,
    datasets.formats,
):
    app.command()(_command)
app.command("import")(datasets.import_)


def main() -> None:
    """Run the command line and end the process with its exit code."""
    # Our matrices are small: more threads would only wait for each other, and take the cores from the workers.
    for name, threads in SINGLE_THREADED.items():
        os.environ.setdefault(name, threads)
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Carry out a command and return its exit code; errors are told on standard error."""
    debug = "--debug" in arguments
    try:
        app(args=[argument for argument in arguments if argument != "--debug"], prog_name="synthvision")
    except SystemExit as end:
        return _status(end.code)
    except SynthvisionError as error:
        typer.echo(traceback.format_exc() if debug else str(error), err=True)
        return error.exit_code
    except BrokenPipeError:
        # Whoever read our output has closed it. Python would complain once more when it flushes at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - the last door: a bug of ours must not look like the user's fault
        typer.echo(_bug(error, debug=debug), err=True)
        return 1
    return 0


def _status(code: Any) -> int:
    return code if isinstance(code, int) else int(code is not None)


def _bug(error: Exception, *, debug: bool) -> str:
    trace = traceback.format_exc()
    if debug:
        return trace
    with tempfile.NamedTemporaryFile("w", prefix="synthvision-", suffix=".log", delete=False) as log:
        log.write(trace)
    return f"synthvision: this is a bug: {type(error).__name__}: {error}; please report it with {log.name}"
