"""Every view looks as its committed pictures do, at two sizes, light and dark.

A committed picture has one pixel for a block of 16 by 16. `make pictures` writes them anew.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from tests.browser import test_look
from tests.browser.conftest import PHONE, WIDE
from tests.browser.scene import ORIGIN, scene

PICTURES = Path(__file__).parent / "pictures"
BLOCK = 16
VISIBLE = 8  # of 255: how much a block's colour may differ
FEW = 2  # blocks that may differ more

_BLOCKS = """
async ([content, size]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], {type: "image/png"}));
  const context = new OffscreenCanvas(image.width, image.height).getContext("2d", {willReadFrequently: true});
  context.drawImage(image, 0, 0);
  const {data} = context.getImageData(0, 0, image.width, image.height);
  const [width, height] = [Math.ceil(image.width / size), Math.ceil(image.height / size)];
  const [sums, counts] = [new Float64Array(width * height * 3), new Float64Array(width * height)];
  const step = Math.min(2, size); // every second pixel is enough
  for (let y = 0; y < image.height; y += step) {
    for (let x = 0; x < image.width; x += step) {
      const block = Math.floor(y / size) * width + Math.floor(x / size);
      const at = (y * image.width + x) * 4;
      sums[block * 3] += data[at];
      sums[block * 3 + 1] += data[at + 1];
      sums[block * 3 + 2] += data[at + 2];
      counts[block]++;
    }
  }
  return {width, colours: Array.from(sums, (sum, index) => Math.round(sum / counts[Math.floor(index / 3)]))};
}
"""
_PNG = """
async ({width, colours}) => {
  const canvas = new OffscreenCanvas(width, colours.length / 3 / width);
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  for (let block = 0; block < colours.length / 3; block++) {
    image.data.set([...colours.slice(block * 3, block * 3 + 3), 255], block * 4);
  }
  context.putImageData(image, 0, 0);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({type: "image/png"})).arrayBuffer());
  return btoa(String.fromCharCode(...bytes));
}
"""


@pytest.fixture(scope="module")
def same_scene():
    with scene() as built:
        yield built


@pytest.fixture(scope="module")
def reader(chromium):
    """A page that reads and writes pictures."""
    page = chromium.new_page()
    yield page
    page.close()


def blocks(reader, content, size):
    """Return a picture's blocks, row by row: how many are in a row, and the red, green and blue of each one's mean."""
    return reader.evaluate(_BLOCKS, [base64.b64encode(content).decode(), size])


def differing(one, other):
    """Return the places of the blocks whose colours differ visibly."""
    if one["width"] != other["width"] or len(one["colours"]) != len(other["colours"]):
        return ["the size"]
    pairs = enumerate(zip(one["colours"], other["colours"], strict=True))
    found = sorted({at // 3 for at, (a, b) in pairs if abs(a - b) > VISIBLE})
    return [f"{at % one['width'] * BLOCK},{at // one['width'] * BLOCK}" for at in found]


def sign_in(page):
    page.get_by_label("Token").wait_for()


VIEWS = {**test_look.VIEWS, "sign-in": (None, {}, sign_in)}


@pytest.mark.parametrize("name", VIEWS)
def test_a_view_looks_as_before(same_scene, chromium, reader, name):
    view, params, ready = VIEWS[name]
    context = chromium.new_context(
        viewport=WIDE, timezone_id="Europe/Berlin", locale="en-GB", reduced_motion="reduce", bypass_csp=True
    )
    context.set_default_timeout(20_000)
    page = same_scene.open(context)
    page.goto(same_scene.address(view, **params) if view else ORIGIN)
    ready(page)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    found = {}
    for folder in (test_look.PICTURES, PICTURES):
        folder.mkdir(parents=True, exist_ok=True)
    for place in test_look.looks(page, name):
        picture = page.screenshot(animations="disabled")
        (test_look.PICTURES / f"bars-{place}").write_bytes(picture)
        seen, committed = blocks(reader, picture, BLOCK), PICTURES / place
        if "UPDATE_PICTURES" in os.environ:
            committed.write_bytes(base64.b64decode(reader.evaluate(_PNG, seen)))
        found[place] = differing(seen, blocks(reader, committed.read_bytes(), 1))
    context.close()
    assert {place: places for place, places in found.items() if len(places) > FEW} == {}


def test_no_other_picture_is_kept():
    expected = {
        f"{name}-{size['width']}-{scheme}.png"
        for name in VIEWS
        for size in (WIDE, PHONE)
        for scheme in ("light", "dark")
    }
    assert {path.name for path in PICTURES.iterdir()} == expected
