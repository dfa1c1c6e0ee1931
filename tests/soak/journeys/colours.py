"""Colours as a person sees them, for scripts that look at a page: a beginning of their bodies."""

from __future__ import annotations

# `numbers(colour)` are red, green, blue and alpha, 0 to 255, of any colour of CSS. The contrast of
# two that are opaque (WCAG 2.2, relative luminance) is `ratio` of colours, `contrast` of numbers.
COLOURS = """
  const context = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const numbers = (colour) => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b]
    .map((each) => each / 255)
    .map((each) => each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4)
    .reduce((sum, each, i) => sum + each * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (one, other) => {
    const [less, more] = [light(one), light(other)].sort((x, y) => x - y);
    return (more + 0.05) / (less + 0.05);
  };
  const ratio = (one, other) => contrast(numbers(one), numbers(other));
"""
