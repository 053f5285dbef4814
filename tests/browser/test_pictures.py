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
  const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${content}`)).blob());
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d", {willReadFrequently: true});
  context.drawImage(image, 0, 0);
  const {data} = context.getImageData(0, 0, image.width, image.height);
  const rows = [];
  for (let top = 0; top < image.height; top += size) {
    const row = [];
    for (let left = 0; left < image.width; left += size) {
      const sum = [0, 0, 0];
      let count = 0;
      for (let y = top; y < Math.min(top + size, image.height); y++) {
        for (let x = left; x < Math.min(left + size, image.width); x++) {
          for (let channel = 0; channel < 3; channel++) sum[channel] += data[(y * image.width + x) * 4 + channel];
          count++;
        }
      }
      row.push(sum.map((one) => Math.round(one / count)));
    }
    rows.push(row);
  }
  return rows;
}
"""
_PNG = """
async (rows) => {
  const canvas = new OffscreenCanvas(rows[0].length, rows.length);
  const context = canvas.getContext("2d");
  const image = context.createImageData(canvas.width, canvas.height);
  rows.flat().forEach((colour, index) => image.data.set([...colour, 255], index * 4));
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
    """Return a picture's rows of blocks, each its mean colour."""
    return reader.evaluate(_BLOCKS, [base64.b64encode(content).decode(), size])


def differing(one, other):
    """Return the places of the blocks whose colours differ visibly."""
    if [len(row) for row in one] != [len(row) for row in other]:
        return ["the size"]
    return [
        f"{x * BLOCK},{y * BLOCK}"
        for y, pair in enumerate(zip(one, other, strict=True))
        for x, colours in enumerate(zip(*pair, strict=True))
        if max(abs(a - b) for a, b in zip(*colours, strict=True)) > VISIBLE
    ]


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
    for size in (WIDE, PHONE):
        page.set_viewport_size(size)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(100)
            place = f"{name}-{size['width']}-{scheme}.png"
            picture = page.screenshot(animations="disabled")
            test_look.PICTURES.mkdir(parents=True, exist_ok=True)
            (test_look.PICTURES / f"bars-{place}").write_bytes(picture)
            seen, committed = blocks(reader, picture, BLOCK), PICTURES / place
            if "UPDATE_PICTURES" in os.environ:
                committed.parent.mkdir(exist_ok=True)
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
