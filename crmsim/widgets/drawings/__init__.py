"""Drawings (SVG): faces, the loop, tanks, small charts. No words, no rules of play."""
