"""Disturbs a run on a Ray cluster of several nodes on this machine: see scripts/chaos."""

from __future__ import annotations

import random  # noqa: TID251 - what is disturbed when; no data comes of it
import subprocess
import time  # noqa: TID251 - when to disturb
from collections.abc import Callable, Sequence
from typing import Any, Self

import psutil
from ray.cluster_utils import Cluster as Nodes

_ACTOR = "ray::_ShardActor"
_AT_WORK = f"{_ACTOR}.make"
_HEAD = {
    "num_cpus": 0,
    "include_dashboard": False,
    # A node that does not answer is given up after seconds, not after half a minute as in earnest.
    "_system_config": {
        "health_check_initial_delay_ms": 0,
        "health_check_period_ms": 500,
        "health_check_failure_threshold": 6,
    },
}
_MOST_NODES = 3


class ClusterChaos:
    """A cluster whose head, which makes no frames, stays; nodes with one core each come and go."""

    KINDS = ("kill the run", "kill a node", "cut a node off", "kill a Ray worker", "kill a worker", "add a node")

    def __init__(self, nodes: int, dice: random.Random) -> None:
        self._dice = dice
        self._least = nodes
        self._nodes = Nodes(initialize_head=True, head_node_args=_HEAD)
        for _ in range(nodes):
            self._nodes.add_node(num_cpus=1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._nodes.shutdown()

    @property
    def arguments(self) -> list[str]:
        """What the run is told so that it finds the cluster."""
        return ["--address", self._nodes.address]

    def wait_for_moment(self, goes_on: Callable[[], bool]) -> None:
        """Wait some seconds, and until an actor is at work; sometimes only the seconds."""
        is_early = self._dice.random() < 0.1  # noqa: PLR2004 - a tenth of the strikes hit a run that is only starting
        time.sleep(self._dice.uniform(0.0, 8.0))
        while not is_early and goes_on() and not any(map(self._at_work, self._nodes.worker_nodes)):
            time.sleep(0.05)

    def processes(self, _: psutil.Process) -> list[psutil.Process]:
        """Return all actors, and the workers that these have."""
        actors = [actor for node in self._nodes.worker_nodes for actor in self._actors(node, _ACTOR)]
        return [*actors, *(worker for actor in actors for worker in actor.children())]

    def strike(self, run: subprocess.Popen[bytes], kind: str) -> str:
        """Disturb the cluster and return how; raises psutil.NoSuchProcess where what was to be hit has just ended."""
        busy = [node for node in self._nodes.worker_nodes if self._at_work(node)]
        if kind == "kill the run" or (kind != "add a node" and not busy):
            run.kill()
            run.wait()
            return "kill the run"
        if kind == "add a node":
            if len(self._nodes.worker_nodes) >= _MOST_NODES:
                self._nodes.remove_node(self._dice.choice([*self._nodes.worker_nodes]), allow_graceful=False)
            self._nodes.add_node(num_cpus=1)
            return kind
        node = self._dice.choice(busy)
        if kind == "kill a node":
            self._kill(node)
        elif kind == "cut a node off":
            self._cut_off(node)
        else:
            actor = self._at_work(node)[0]
            victim = actor if kind == "kill a Ray worker" else self._dice.choice(actor.children() or [actor])
            victim.kill()
        return kind

    def _kill(self, node: Any) -> None:
        """Let a node be gone as a machine is that loses its power: with all that ran there, at once."""
        for process in [*_raylet(node).children(recursive=True), _raylet(node)]:
            _kill(process)
        self._replace(node)

    def _cut_off(self, node: Any) -> None:
        """Stop the daemon of a node dead until the cluster has given it up, and let it go on: a network that was down.

        Its actors do not notice; they work on beside those that have taken their place.
        """
        _raylet(node).suspend()
        time.sleep(self._dice.uniform(4.0, 6.0))
        _raylet(node).resume()
        self._replace(node)

    def _replace(self, node: Any) -> None:
        self._nodes.remove_node(node, allow_graceful=False)
        while len(self._nodes.worker_nodes) < self._least:
            self._nodes.add_node(num_cpus=1)

    @classmethod
    def _at_work(cls, node: Any) -> list[psutil.Process]:
        return cls._actors(node, _AT_WORK)

    @staticmethod
    def _actors(node: Any, title: str) -> list[psutil.Process]:
        return [child for child in _raylet(node).children() if title in _title(child)]


def _raylet(node: Any) -> psutil.Process:
    return psutil.Process(node.all_processes["raylet"][0].process.pid)


def _title(process: psutil.Process) -> str:
    try:
        words: Sequence[str] = process.cmdline()
    except psutil.NoSuchProcess:
        return ""
    return words[0] if words else ""


def _kill(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        return  # its parent's end was its own
