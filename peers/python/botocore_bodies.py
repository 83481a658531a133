"""Compares request bodies with those of botocore, as sets of parameters.

Reads JSON lines `{"request": <AWS CLI JSON>, "query": "<the body as this crate encodes it>"}`, encodes each request with
botocore's own serializer, and compares. Offline.

    cargo run -p samples --bin requests | .venv/bin/python peers/python/botocore_bodies.py --at-least 2000
"""

import argparse
import collections
import json
import sys
import urllib.parse

import botocore.exceptions
import botocore.loaders
import botocore.model
import botocore.serialize


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("lines", nargs="?", default="-", help="file of JSON lines; `-`, the default, is stdin")
    parser.add_argument("--operation", default="RegisterImage", help="what they request (default: RegisterImage)")
    parser.add_argument("--at-least", type=int, default=1, help="fail if fewer were compared (default: 1)")
    parser.add_argument(
        "--validate", action="store_true", help="let botocore check parameters too; it refuses a missing name, say"
    )
    return parser.parse_args()


class Peer:
    """botocore's encoder of the operation."""

    def __init__(self, operation, validate):
        description = botocore.loaders.Loader().load_service_model("ec2", "service-2")
        service = botocore.model.ServiceModel(description, "ec2")
        self.operation = service.operation_model(operation)
        self.serializer = botocore.serialize.create_serializer(service.protocol, include_validation=validate)

    def parameters(self, request):
        body = self.serializer.serialize_to_request(request, self.operation)["body"]
        # A round trip through the text of a body, so that both sides are what a server reads.
        return parameters_of(urllib.parse.urlencode(body))


def parameters_of(body):
    """Counted, so that a parameter sent twice does not pass for one sent once."""
    pairs = urllib.parse.parse_qsl(body, keep_blank_values=True, strict_parsing=True, errors="strict")
    return collections.Counter(pairs)


def difference(peer, request, query):
    """What differs, a line each; nothing if the bodies agree."""
    try:
        theirs = peer.parameters(request)
    except (botocore.exceptions.BotoCoreError, KeyError, TypeError, AttributeError) as error:
        return [f"botocore cannot encode it: {error!r}"]
    try:
        ours = parameters_of(query)
    except ValueError as error:
        return [f"the body cannot be read: {error}"]
    return [
        f"only {side}: {name}={value!r}"
        for side, pairs in (("botocore", theirs - ours), ("the crate", ours - theirs))
        for name, value in sorted(pairs.elements())
    ]


def main():
    options = arguments()
    peer = Peer(options.operation, options.validate)
    compared = mismatches = parameters = 0
    with sys.stdin if options.lines == "-" else open(options.lines, encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            case = json.loads(line)
            compared += 1
            found = difference(peer, case["request"], case["query"])
            if found:
                mismatches += 1
                print(f"line {number}:", *found, sep="\n  ")
                print(f"  request: {json.dumps(case['request'])}\n  query: {case['query']}")
            else:
                parameters += case["query"].count("&") + 1

    print(f"{compared} bodies compared, {mismatches} differ; {parameters} parameters agree")
    if compared < options.at_least:
        print(f"fewer than {options.at_least} were compared", file=sys.stderr)
    return 1 if mismatches or compared < options.at_least else 0


if __name__ == "__main__":
    sys.exit(main())
