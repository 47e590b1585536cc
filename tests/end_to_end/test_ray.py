"""A real Ray cluster of several nodes on this machine; one is killed under way."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time  # noqa: TID251 - how long to wait for Ray
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

ray = pytest.importorskip("ray", reason="Ray is an extra: synthvision[ray], which synthvision[dev] has")
from ray._private.state import available_resources_per_node  # noqa: E402 - see above
from ray.cluster_utils import Cluster as Nodes  # noqa: E402 - see above

from synthvision import cli, render_dataset  # noqa: E402 - see above
from synthvision.dataset import validate  # noqa: E402 - see above
from synthvision.errors import DatasetError, UsageError  # noqa: E402 - see above
from synthvision.run.cluster.engine import Cluster  # noqa: E402 - see above
from synthvision.run.summary import Interrupted, Progress  # noqa: E402 - see above
from tests.unit.run.small import contents, small_recipe, small_recipe_file  # noqa: E402 - see above

FRAMES = 24
AUTO = Cluster("auto")


@pytest.fixture(scope="module")
def nodes() -> Iterator[Nodes]:
    """The driver's node, which renders nothing, and two that do."""
    watchful = {"health_check_initial_delay_ms": 0, "health_check_period_ms": 500, "health_check_failure_threshold": 6}
    head = {"num_cpus": 0, "include_dashboard": False, "_system_config": watchful}
    try:
        cluster = Nodes(initialize_head=True, head_node_args=head)
        for _ in range(2):
            cluster.add_node(num_cpus=1)
        cluster.wait_for_nodes()
        ray.init(cluster.address, log_to_driver=False, logging_level="ERROR")
    except (OSError, RuntimeError, ConnectionError, TimeoutError) as error:
        pytest.skip(f"Ray itself cannot start several nodes on this machine (ports, shared memory): {error}")
    yield cluster
    ray.shutdown()
    cluster.shutdown()


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("local")
    render_dataset(small_recipe(folder), folder / "out", frames=FRAMES, workers=1, renderer="preview")
    return contents(folder / "out")


@pytest.fixture
def head(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address for clients of a cluster as its users start it, with a token."""
    port, client_port = free_ports(2)
    monkeypatch.setenv("RAY_AUTH_MODE", "token")
    monkeypatch.setenv("RAY_AUTH_TOKEN", "ab" * 32)
    command = [Path(sys.executable).with_name("ray"), "start", "--head", "--block", "--num-cpus", "2", "--port", port]
    command += ["--ray-client-server-port", client_port, "--include-dashboard", "false", "--disable-usage-stats"]
    with tempfile.TemporaryDirectory(prefix="ray-") as temporary:  # not tmp_path: its sockets want a short name
        said = tmp_path / "head.log"
        with said.open("wb") as log:
            process = subprocess.Popen([*map(str, command), "--temp-dir", temporary], stdout=log, stderr=log)
        try:
            wait_for_port(int(client_port), process, said)
            yield f"ray://127.0.0.1:{client_port}"
        finally:
            process.terminate()  # it ends all that it has started
            process.wait(60)


def free_ports(count: int) -> list[str]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [str(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports


def wait_for_port(port: int, process: subprocess.Popen[bytes], said: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.2)
    pytest.skip(f"Ray itself cannot start on this machine: {said.read_text()[-500:]}")


def render_from_afar(address: str, folder: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """Render as a user does, in a process of its own: this one belongs to another cluster."""
    command = [sys.executable, "-m", "synthvision", "render", str(small_recipe_file(folder)), "-o", str(folder / "out")]
    command += ["-n", str(FRAMES), "--renderer", "preview", "--cluster", address]
    return subprocess.run(command, capture_output=True, text=True, timeout=300, env={**os.environ, **changes})


def test_a_cluster_elsewhere_by_its_address(head: str, tmp_path: Path, local: dict[str, bytes]) -> None:
    done = render_from_afar(head, tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{tmp_path}/out: {FRAMES} of {FRAMES} frames are there; ")
    assert contents(tmp_path / "out") == local
    events = [entry["event"] for entry in log_of(tmp_path / "out")]
    shards = events.count("begin") - 1
    assert events.count("worker ready") <= 2 < shards, "workers stay from shard to shard"
    refused = render_from_afar(head, tmp_path, RAY_AUTH_TOKEN="cd" * 32)
    assert refused.returncode == 2
    assert refused.stderr.startswith("--cluster: it must be local, auto, or the address of a Ray cluster that runs")
    assert "if it wants a token, set RAY_AUTH_MODE=token and RAY_AUTH_TOKEN" in refused.stderr


def log_of(folder: Path) -> list[dict]:
    return [json.loads(line) for line in (folder / "run_log.jsonl").read_text().splitlines()]


def test_an_address_without_a_cluster_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        render_dataset(small_recipe(tmp_path), tmp_path / "out", frames=1, renderer="preview", cluster=Cluster("head"))
    assert str(caught.value) == (
        "--cluster: it must be local, auto, or the address of a Ray cluster that runs (ray://HOST:10001), "
        "got 'head': Invalid address format: head"
    )


def busy(nodes: Nodes) -> list[Any]:
    """Return the nodes whose only core a actor has now."""
    free = available_resources_per_node()
    return [node for node in nodes.worker_nodes if node.node_id in free and not free[node.node_id].get("CPU")]


def test_a_node_killed_under_way_costs_nothing(nodes: Nodes, tmp_path: Path, local: dict[str, bytes]) -> None:
    killed, told = list[Any](), list[Progress]()

    def watch(progress: Progress) -> None:
        told.append(progress)
        is_lost = any("actor lost" in one.note for one in told)
        # An actor may be between two shards in the moment in which its node is killed: then another node has to go.
        if progress.made >= 1 and not is_lost and len(killed) < 3 and (found := busy(nodes)):
            killed.append(found[0])
            nodes.remove_node(found[0], allow_graceful=False)
            nodes.add_node(num_cpus=1)

    out = tmp_path / "out"
    summary = render_dataset(
        small_recipe(tmp_path), out, frames=FRAMES, renderer="preview", cluster=AUTO, progress=watch
    )
    assert killed
    assert not set(killed) & set(nodes.worker_nodes)
    assert (summary.finished, summary.failures, summary.exit_code) == (FRAMES, (), 0)
    assert contents(out) == local
    assert validate(out) == ()
    lost = [entry for entry in log_of(out) if entry["event"] == "worker lost"]
    assert lost
    assert any("actor lost" in progress.note for progress in told)
    assert [progress.made for progress in told] == sorted(progress.made for progress in told) or lost
    assert told[-1].made == FRAMES
    assert {entry["frame_index"] for entry in log_of(out) if entry["event"] == "frame"} <= set(range(FRAMES))


def test_an_interrupted_run_goes_on_and_only_on_a_cluster(
    nodes: Nodes, tmp_path: Path, local: dict[str, bytes], capsys: pytest.CaptureFixture[str]
) -> None:
    interrupts = []

    def interrupt(progress: Progress) -> None:
        if progress.made and not interrupts:  # a second one would end it at once, with nothing committed
            interrupts.append(progress)
            os.kill(os.getpid(), signal.SIGINT)

    recipe, out = small_recipe(tmp_path), tmp_path / "out"
    with pytest.raises(Interrupted):
        render_dataset(recipe, out, frames=FRAMES, renderer="preview", cluster=AUTO, progress=interrupt)
    assert not (out / "frames.jsonl").exists()
    with pytest.raises(DatasetError) as caught:
        render_dataset(recipe, out, frames=FRAMES, renderer="preview", workers=1)
    assert str(caught.value) == (
        f"{out}: dataset must be finished by runs on a cluster, as it was begun, got one with .shards; "
        "run the same command with --cluster first"
    )
    arguments = ["-n", str(FRAMES), "--renderer", "preview", "--cluster", "auto", "--workers", "2"]
    assert cli.run(["render", str(small_recipe_file(tmp_path)), "-o", str(out), *arguments]) == 0
    assert capsys.readouterr().out.startswith(
        f"{out}: {FRAMES} of {FRAMES} frames are there; pictures in {out}/images\n"
    )
    assert contents(out) == local
    end = log_of(out)[-1]
    assert (end["event"], end["made"] > 0, end["made"] < FRAMES) == ("end", True, True)


def test_what_no_node_has_is_refused(nodes: Nodes, tmp_path: Path) -> None:
    greedy = Cluster("auto", gpus_per_worker=1, cpus_per_worker=3)
    with pytest.raises(UsageError) as caught:
        render_dataset(small_recipe(tmp_path), tmp_path / "out", frames=1, renderer="preview", cluster=greedy)
    assert str(caught.value) == (
        "--cluster: a node must have what a worker is to get (3 CPUs, 1 GPUs), "
        "got a cluster of 2 CPUs and 0 GPUs in all"
    )
    assert not (tmp_path / "out").exists()


def test_what_no_node_can_do_is_the_error_of_a_local_run(nodes: Nodes, tmp_path: Path) -> None:
    arguments = {"frames": 2, "renderer": "preview", "cluster": AUTO}
    render_dataset(small_recipe(tmp_path), tmp_path / "out", **arguments)
    with pytest.raises(DatasetError, match=r"out: seed must be 0, as the dataset was begun, got 1; choose another"):
        render_dataset(small_recipe(tmp_path), tmp_path / "out", seed=1, **arguments)
    with pytest.raises(UsageError, match=r"^shard: it must be left out with a cluster, got '0/2'$"):
        render_dataset(
            small_recipe(tmp_path), tmp_path / "out", shard=sys.modules["synthvision"].Shard(0, 2), **arguments
        )


def test_without_ray_the_extra_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    arguments = ["render", str(small_recipe_file(tmp_path)), "-o", str(tmp_path / "out"), "--renderer", "preview"]
    assert cli.run([*arguments, "--cluster", "auto"]) == 2
    assert capsys.readouterr().err == "--cluster: there must be Ray for it, got none; install 'synthvision[ray]'\n"
    assert cli.run([*arguments, "--cpus-per-worker", "2"]) == 2
    assert capsys.readouterr().err == "--cpus-per-worker: there must be a --cluster for it, got none\n"
