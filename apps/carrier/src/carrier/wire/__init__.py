"""The wire of Troupe (docs/reference/wire.md), as far as a step needs it."""
