import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pycocotools import mask as coco_mask

from synthvision.dataset.rle import decode_rle, encode_crops, tight_box
from synthvision.errors import DatasetError

masks = st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(lambda shape: arrays(np.bool_, shape))


def whole_image(mask):
    return coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"].decode()


@settings(max_examples=200, deadline=None)
@given(masks, st.integers(0, 5), st.integers(0, 5), st.integers(0, 5), st.integers(0, 5))
def test_a_crop_encodes_as_cocos_own_code_encodes_the_whole_image(crop, left, above, right, below):
    mask = np.pad(crop, ((above, below), (left, right)))
    assert encode_crops([(crop, left, above)], *mask.shape) == [whole_image(mask)]


@settings(max_examples=200, deadline=None)
@given(masks)
def test_decoding_gives_the_mask_back(mask):
    assert (decode_rle(whole_image(mask), *mask.shape) == mask).all()


def test_runs_longer_than_a_group_of_bits_survive():
    mask = np.zeros((900, 1100), bool)
    mask[5:890, 100:1000] = True
    mask[300:400, 500:600] = False
    counts = encode_crops([(mask[5:890, 100:1000], 100, 5)], *mask.shape)[0]
    assert counts == whole_image(mask)
    assert (decode_rle(counts, *mask.shape) == mask).all()


def test_no_crops_and_an_empty_crop():
    assert encode_crops([], 4, 5) == []
    assert encode_crops([(np.zeros((0, 0), bool), 0, 0)], 4, 5) == [whole_image(np.zeros((4, 5), bool))]


@pytest.mark.parametrize(
    ("counts", "text"),
    [
        ("", "RLE: runs must sum to 20 pixels, got 0"),
        ("1", "RLE: runs must sum to 20 pixels, got 1"),
        ("d0d0", "RLE: runs must sum to 20 pixels, got 40"),
        ("zzz", "RLE: text must be runs as COCO packs them, got 'zzz'"),
        ("ü", "RLE: text must be runs as COCO packs them, got 'ü'"),
        ("\ud800", "RLE: text must be runs as COCO packs them, got '\\ud800'"),
        ("o", "RLE: text must end with a whole run, got one that is cut off"),
        ("o" * 100, "RLE: text must be runs as COCO packs them, got 'oooo"),
        ("0" * 1000, "RLE: text must be of 20 pixels, got 1000 characters"),
    ],
)
def test_text_that_is_no_mask_of_the_size_is_refused(counts, text):
    with pytest.raises(DatasetError) as caught:
        decode_rle(counts, 4, 5)
    assert str(caught.value).startswith(text)


def test_tight_box_is_half_open():
    mask = np.zeros((6, 9), bool)
    assert tight_box(mask) is None
    mask[2:5, 3] = mask[4, 8] = True
    assert tight_box(mask) == (3, 2, 6, 3)
