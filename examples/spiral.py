"""Draws a picture and leaves it behind: ./sandbox run --artifact '*.svg' examples/spiral.py"""

from math import cos, pi, sin, sqrt

SEEDS = 900
GOLDEN_ANGLE = pi * (3 - sqrt(5))

dots = []
for n in range(SEEDS):
    radius, angle = 8 * sqrt(n), n * GOLDEN_ANGLE
    x, y = 256 + radius * cos(angle), 256 + radius * sin(angle)
    dots.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{1 + n / 300:.2f}" fill="hsl({n * 360 // SEEDS} 80% 45%)"/>')

with open("spiral.svg", "w") as picture:
    picture.write('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512">' + "".join(dots) + "</svg>\n")
print(f"spiral.svg: {SEEDS} seeds of a sunflower")
