from __future__ import annotations

import hashlib

import numpy as np
import pytest
from scipy import stats

from synthvision.sampling.streams import Streams, nested_uniform_scramble, reverse_bits

NAMES = [f"mug/{index}/scale" for index in range(60)]
KNOWN = {
    (0, 0, 0): 0.4822237315046488,
    (0, 1, 0): 0.9685442483050805,
    (0, 0, 1): 0.0917732910993635,
    (1, 0, 0): 0.45271007096616855,
    (-5, 8123, 2): 0.7113887613217064,
}
KNOWN_HASH = "769c9985e0c179cfa8ff124f0a436ed13197d5354094ee4c2911e48c29e6cda1"
"""A digest of 800 values; above, (seed, frame, attempt) → value."""

"""(seed, frame, attempt) → value, and a digest of 800 values."""


def values(streams: Streams, name: str, frames: range) -> np.ndarray:
    return np.array([streams.uniform(name, frame) for frame in frames])


@pytest.mark.parametrize("power", range(11))
@pytest.mark.parametrize("name", ["camera/fov_deg", "mug/3/scale"])
def test_an_aligned_block_of_frames_has_one_value_in_every_stratum(power: int, name: str) -> None:
    size = 1 << power
    for block in (0, 1, 7, 1 << 20):
        drawn = values(Streams(42), name, range(block * size, (block + 1) * size))
        assert sorted((drawn * size).astype(int)) == list(range(size))


def test_values_are_uniform_below_the_strata_too() -> None:
    drawn = values(Streams(7), "x", range(4096))
    assert stats.kstest(drawn, "uniform").pvalue > 0.01
    assert stats.kstest((drawn * 4096) % 1, "uniform").pvalue > 0.001
    assert stats.kstest((drawn * 2.0**32) % 1, "uniform").pvalue > 0.001


def test_values_are_strictly_between_0_and_1_and_exact_floats() -> None:
    drawn = values(Streams(0), "x", range(5000))
    assert 0 < drawn.min() < drawn.max() < 1


def test_names_are_not_correlated() -> None:
    # Two stratified sequences share the parity of the frame, so the spread is sqrt(1.6 / n) and not sqrt(1 / n).
    frames = 1024
    drawn = np.array([values(Streams(5), name, range(frames)) for name in NAMES])
    correlations = np.corrcoef(drawn)[np.triu_indices(len(NAMES), 1)] * np.sqrt(frames)
    assert abs(correlations.mean()) < 0.15
    assert correlations.std() < 1.4
    assert np.abs(correlations).max() < 6


def test_pairs_of_names_fill_the_square() -> None:
    drawn = np.array([values(Streams(11), name, range(1024)) for name in NAMES])
    statistics = []
    for first, second in zip(drawn[::2], drawn[1::2], strict=True):
        counts = np.histogram2d(first, second, bins=8, range=[[0, 1], [0, 1]])[0]
        statistics.append(((counts - 16) ** 2 / 16).sum())
    # 49 degrees of freedom; pairs of frames move together, which widens but does not shift it much.
    assert 40 < np.mean(statistics) < 65
    assert max(statistics) < 150


def test_without_a_shuffle_of_the_frames_names_would_be_correlated() -> None:
    """The reason why the frame index is scrambled as well: this is what the test above must be able to see."""
    unshuffled = np.array(
        [
            [nested_uniform_scramble(reverse_bits(frame), seed * 2654435761 % (1 << 32)) for frame in range(256)]
            for seed in range(1, 31)
        ],
        float,
    )
    correlations = np.corrcoef(unshuffled)[np.triu_indices(30, 1)] * np.sqrt(256)
    assert np.abs(correlations).max() > 10


def test_consecutive_frames_are_shuffled() -> None:
    first_steps = [np.sign(np.diff(values(Streams(seed), "x", range(4)))).tolist() for seed in range(64)]
    assert len({tuple(steps) for steps in first_steps}) > 4


def test_any_order_gives_the_same_values() -> None:
    streams = Streams(3)
    forwards = {(name, frame): streams.uniform(name, frame) for frame in range(50) for name in NAMES}
    backwards = {(name, frame): Streams(3).uniform(name, frame) for name in NAMES[::-1] for frame in range(49, -1, -1)}
    assert forwards == backwards


def test_seed_name_frame_and_attempt_all_matter() -> None:
    addresses = [
        (seed, name, frame, attempt) for seed in (0, 1, -1) for name in "ab" for frame in (0, 9) for attempt in (0, 1)
    ]
    for stratified in (True, False):
        drawn = {Streams(s, stratified).uniform(name, frame, attempt) for s, name, frame, attempt in addresses}
        assert len(drawn) == len(addresses)


def test_seed_0_is_a_seed() -> None:
    assert Streams(0).uniform("x", 0) == Streams(0).uniform("x", 0)
    assert Streams(0).uniform("x", 0) != Streams(1).uniform("x", 0)


@pytest.mark.parametrize("seed", [-1, 2**63, -(2**70), 10**30])
def test_any_integer_is_a_seed(seed: int) -> None:
    assert 0 < Streams(seed).uniform("x", 5) < 1
    assert Streams(seed).uniform("x", 5) != Streams(seed + 1).uniform("x", 5)


def test_frames_beyond_32_bits_go_on() -> None:
    far = values(Streams(0), "x", range(2**32, 2**32 + 16))
    assert sorted((far * 16).astype(int)) == list(range(16))
    assert not np.array_equal(far, values(Streams(0), "x", range(16)))


def test_independent_values_are_uniform_and_not_stratified() -> None:
    drawn = values(Streams(1, stratified=False), "x", range(4096))
    assert stats.kstest(drawn, "uniform").pvalue > 0.01
    assert len(set((drawn * 4096).astype(int))) < 3000


def test_scrambling_keeps_every_number() -> None:
    top = [nested_uniform_scramble(value << 24, 0x9E3779B9) >> 24 for value in range(256)]
    assert sorted(top) == list(range(256))
    assert reverse_bits(0b1) == 1 << 31
    assert reverse_bits(reverse_bits(0x12345678)) == 0x12345678


def test_streams_have_not_changed() -> None:
    """Known answers: a change here changes every dataset of every user."""
    drawn = [Streams(seed).uniform("mug/0/scale", frame, attempt) for seed, frame, attempt in KNOWN]
    assert drawn == list(KNOWN.values())
    many = "".join(
        Streams(seed, stratified).uniform(name, frame).hex()
        for seed in (0, 2024)
        for stratified in (True, False)
        for name in ("camera/fov_deg", "split")
        for frame in range(100)
    )
    assert hashlib.sha256(many.encode()).hexdigest() == KNOWN_HASH
