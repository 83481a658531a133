"""Prints the API model of RegisterImage, without its prose, from the installed botocore.

The output is the fixture of the model's shapes: metadata, the operation, and each shape that it reaches, in the order in
which they are first met.

    .venv/bin/python peers/python/remake_shapes.py > tests/fixtures/shapes.json
"""

import json
import sys

import botocore.loaders

OPERATION = "RegisterImage"
PROSE = "documentation"


def without_prose(value):
    """The value without documentation, at any depth."""
    if isinstance(value, dict):
        return {key: without_prose(item) for key, item in value.items() if key != PROSE}
    if isinstance(value, list):
        return [without_prose(item) for item in value]
    return value


def named_shapes(shape):
    """The names of the shapes that a shape is made of, in its order."""
    for member in shape.get("members", {}).values():
        yield member["shape"]
    for part in ("member", "key", "value"):
        if part in shape:
            yield shape[part]["shape"]


def reachable(all_shapes, *roots):
    """The shapes that the roots reach, each before what it is made of."""
    found = {}

    def visit(name):
        if name not in found:
            found[name] = all_shapes[name]
            for part in named_shapes(all_shapes[name]):
                visit(part)

    for root in roots:
        visit(root)
    return found


def main():
    model = botocore.loaders.Loader().load_service_model("ec2", "service-2")
    operation = model["operations"][OPERATION]
    shapes = reachable(model["shapes"], operation["input"]["shape"], operation["output"]["shape"])
    remade = {"metadata": model["metadata"], "operation": operation, "shapes": shapes}
    json.dump(without_prose(remade), sys.stdout, indent=1)


if __name__ == "__main__":
    main()
