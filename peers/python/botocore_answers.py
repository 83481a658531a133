"""Reads answers with botocore's own parser of EC2's XML, and compares what it understands with what was meant.

Reads JSON lines `{"says": …, "status": …, "headers": …, "body": <the XML as this crate encodes it>}`. Offline.

    cargo run -p samples --bin answers | .venv/bin/python peers/python/botocore_answers.py --at-least 2000
"""

import argparse
import collections
import json
import sys

import botocore.loaders
import botocore.model
import botocore.parsers

OPERATION = "RegisterImage"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("lines", nargs="?", default="-", help="file of JSON lines; `-`, the default, is stdin")
    parser.add_argument("--at-least", type=int, default=1, help="fail if fewer were compared (default: 1)")
    return parser.parse_args()


class Peer:
    """botocore's decoder of the operation."""

    def __init__(self):
        description = botocore.loaders.Loader().load_service_model("ec2", "service-2")
        service = botocore.model.ServiceModel(description, "ec2")
        self.shape = service.operation_model(OPERATION).output_shape
        self.parser = botocore.parsers.create_parser(service.protocol)

    def said(self, answer):
        """The answer in the words of the lines."""
        response = {
            "status_code": answer["status"],
            "headers": answer["headers"],
            "body": answer["body"].encode(),
        }
        parsed = self.parser.parse(response, self.shape)
        said = {"RequestId": parsed["ResponseMetadata"].get("RequestId")}
        if "ImageId" in parsed:
            said["ImageId"] = parsed["ImageId"]
        if "Error" in parsed:
            said["Errors"] = [[parsed["Error"].get("Code"), parsed["Error"].get("Message")]]
        return said


def main():
    options = arguments()
    peer = Peer()
    compared = collections.Counter()
    mismatches = 0
    with sys.stdin if options.lines == "-" else open(options.lines, encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            answer = json.loads(line)
            meant = answer["says"]
            if "Errors" in meant:
                # botocore keeps the first, with an empty message as none, and knows an error by its status alone.
                code, message = meant["Errors"][0]
                meant["Errors"] = [[code, message or None]]
                answer["status"] = max(answer["status"], 301)
            try:
                said = peer.said(answer)
            except botocore.parsers.ResponseParserError as error:
                said = repr(error)
            compared["errors" if "Errors" in meant else "images"] += 1
            if said != meant:
                mismatches += 1
                print(f"line {number}:\n  meant: {meant}\n  botocore: {said}\n  body: {answer['body']!r}")

    print(f"{compared['images']} images and {compared['errors']} errors read, {mismatches} not as they were meant")
    if compared.total() < options.at_least:
        print(f"fewer than {options.at_least} were compared", file=sys.stderr)
    return 1 if mismatches or compared.total() < options.at_least else 0


if __name__ == "__main__":
    sys.exit(main())
