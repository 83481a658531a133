"""Generates responses of the actions that read from botocore's model, decodes each with botocore's own parser and with this
crate, and compares. Offline.

A response has random members of the whole model, also those that the crate does not know, in random order; one in ten is an
error.

    cargo build -p samples --bin read
    .venv/bin/python peers/python/botocore_reads.py target/debug/read --count 1000
"""

import argparse
import datetime
import json
import pathlib
import random
import re
import subprocess
import sys
from xml.sax.saxutils import escape

import botocore.loaders
import botocore.model
import botocore.parsers
import dateutil.parser

NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
ACTIONS = (
    "DescribeSnapshots",
    "DescribeImages",
    "DescribeSnapshotAttribute",
    "GetEbsEncryptionByDefault",
    "GetEbsDefaultKmsKeyId",
)
#: Members that every such response has, and the IDs of items.
REQUIRED = {"Snapshots", "Images", "SnapshotId", "ImageId", "ProductCodes", "EbsEncryptionByDefault", "KmsKeyId"}
CHARACTERS = "abcXYZ 0189-_./:&<>\"'äß\u4e2d\U0001f600\t\n"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("read", help="the binary `read` of peers/samples")
    parser.add_argument("--count", type=int, default=1000, help="responses per action (default: 1000)")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


class Generator:
    """Random responses of one operation, as EC2's XML."""

    def __init__(self, random_numbers):
        self.random = random_numbers

    def text(self, least=0):
        return "".join(self.random.choices(CHARACTERS, k=self.random.randint(least, 12)))

    def value(self, name, shape):
        match shape.type_name:
            case "structure":
                return self.members(shape)
            case "list":
                items = (self.value("", shape.member) for _ in range(self.random.randint(0, 3)))
                return "".join(self.layout() + f"<item>{item}</item>" for item in items)
            case "boolean":
                return self.random.choice(["true", "false"])
            case "integer":
                return str(self.random.choice([0, 1, 8, 125, 3000, 2**31 - 1, -(2**31)]))
            case "long":
                return str(self.random.randint(0, 2**40))
            case "timestamp":
                return self.timestamp()
            case "string":
                # A blank text is none where EC2 has an ID.
                text = self.text(1) + "x" if name in REQUIRED else self.text()
                return escape(text.strip() if name in REQUIRED else text)
            case other:
                raise ValueError(f"{name}: {other}")

    def timestamp(self):
        moment = datetime.datetime.fromtimestamp(self.random.randint(1, 2**31 - 1), datetime.timezone.utc)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def layout(self):
        return self.random.choice(["", "\n    "])

    def members(self, shape):
        chosen = [name for name in shape.members if name in REQUIRED or self.random.random() < 0.6]
        self.random.shuffle(chosen)
        written = []
        for name in chosen:
            member = shape.members[name]
            tag = member.serialization.get("name", name)
            written.append(f"{self.layout()}<{tag}>{self.value(name, member)}</{tag}>")
        return "".join(written)

    def success(self, operation):
        root = f"{operation.name}Response"
        members = "<requestId>r-1</requestId>" + self.members(operation.output_shape)
        return 200, f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{NAMESPACE}">{members}</{root}>'

    def error(self):
        code = self.random.choice(["RequestLimitExceeded", "UnauthorizedOperation", "InvalidSnapshot.NotFound"])
        message = escape(self.text(1).strip() or "m")
        body = f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
        return self.random.choice([400, 403, 503]), body + "<RequestID>r-1</RequestID></Response>"


def known(ours, theirs):
    """What the crate knows of botocore's value: of a structure only the members of the crate's rows."""
    if isinstance(theirs, dict):
        return {name: known(ours.get(name) if isinstance(ours, dict) else None, value) for name, value in theirs.items()}
    if isinstance(theirs, list):
        mine = ours if isinstance(ours, list) and len(ours) == len(theirs) else [None] * len(theirs)
        return [known(*pair) for pair in zip(mine, theirs)]
    if isinstance(theirs, datetime.datetime) and isinstance(ours, str):
        return ours if dateutil.parser.parse(ours) == theirs else theirs.isoformat()
    return theirs


def differences(ours, theirs, rows, path=""):
    """The members that differ. A member outside of the crate's rows may be absent in the crate's reading."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name in sorted(ours.keys() | theirs.keys()):
            if name not in ours:
                if re.sub(r"\[\d+\]", "[]", f"{path}.{name}") in rows:
                    yield f"{path}.{name}: only botocore has {theirs[name]!r}"
            elif name not in theirs:
                if ours[name] is not None:
                    yield f"{path}.{name}: only the crate has {ours[name]!r}"
            else:
                yield from differences(ours[name], theirs[name], rows, f"{path}.{name}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for at, pair in enumerate(zip(ours, theirs)):
            yield from differences(*pair, rows, f"{path}[{at}]")
    elif ours != theirs:
        yield f"{path}: {ours!r} here, {theirs!r} in botocore"


def places(value, path=""):
    """The places of a document, where `[]` is any item of a list."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield f"{path}.{name}"
            yield from places(inner, f"{path}.{name}")
    elif isinstance(value, list):
        for inner in value:
            yield from places(inner, f"{path}[]")


def rows():
    """The places that the crate reads. The fixture has every member of its rows, as a test of the crate ensures."""
    fixture = json.loads((pathlib.Path(__file__).parents[2] / "tests/fixtures/facts.json").read_text())
    snapshot = fixture["Snapshots"][0]
    attribute = {name: snapshot[name] for name in ("SnapshotId", "ProductCodes")}
    # Only product codes of a snapshot come from another action.
    del snapshot["ProductCodes"]
    whole = {**fixture, **attribute, "NextToken": "", "KmsKeyId": "", "Error": {"Code": "", "Message": ""}}
    return set(places(whole))


def main():
    options = arguments()
    description = botocore.loaders.Loader().load_service_model("ec2", "service-2")
    service = botocore.model.ServiceModel(description, "ec2")
    generator = Generator(random.Random(options.seed))
    failed, known_places = False, rows()
    for action in ACTIONS:
        operation = service.operation_model(action)
        responses = [
            generator.error() if at % 10 == 9 else generator.success(operation) for at in range(options.count)
        ]
        lines = "".join(
            json.dumps({"action": action, "status": status, "body": body}) + "\n" for status, body in responses
        )
        ran = subprocess.run([options.read], input=lines, capture_output=True, text=True, check=True)
        readings = [json.loads(line) for line in ran.stdout.splitlines()]
        assert len(readings) == len(responses)
        mismatches = 0
        for (status, body), ours in zip(responses, readings):
            response = {"status_code": status, "headers": {}, "body": body.encode(), "context": {}}
            theirs = botocore.parsers.create_parser(service.protocol).parse(response, operation.output_shape)
            del theirs["ResponseMetadata"]
            if "Error" in theirs:
                theirs = {"Error": {name: theirs["Error"].get(name) for name in ("Code", "Message")}}
            elif theirs.get("NextToken", "x").strip() == "":
                # An empty token is none.
                del theirs["NextToken"]
            found = list(differences(ours, known(ours, theirs), known_places))
            if found:
                mismatches += 1
                print(f"{action}:", *found, f"body: {body!r}", sep="\n  ")
        print(f"{action}: {len(responses)} responses compared, {mismatches} read differently")
        failed |= mismatches > 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
