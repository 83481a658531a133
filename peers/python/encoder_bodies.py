"""Remakes the fixture of bodies as several encoders write them, and prints it.

The bodies of botocore and of the AWS CLI are caught by a server on loopback, as they are sent. Those of aws-sdk-go and of
a browser's form follow the rule that is stated at `in_go` and `in_browser`. Those of aws-sdk-ec2 are kept as they are.

    .venv/bin/python peers/python/encoder_bodies.py | diff - tests/fixtures/bodies.json
"""

import contextlib
import http.server
import json
import os
import pathlib
import subprocess
import sys
import threading
import urllib.parse

import boto3
import botocore.config

FIXTURE = pathlib.Path(__file__).parents[2] / "tests/fixtures/bodies.json"
ANSWER = b"<RegisterImageResponse><imageId>ami-1</imageId></RegisterImageResponse>"
REGION = "eu-west-1"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}


@contextlib.contextmanager
def server():
    """A server that keeps the bodies of what it is sent; its URL and that list."""
    bodies = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            bodies.append(self.rfile.read(int(self.headers["content-length"])).decode("ascii"))
            self.send_response(200)
            self.send_header("content-length", str(len(ANSWER)))
            self.end_headers()
            self.wfile.write(ANSWER)

        def log_message(self, *_):
            pass

    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.server_port}", bodies
    finally:
        listener.shutdown()


def by_botocore(url, request):
    client = boto3.client(
        "ec2",
        region_name=REGION,
        endpoint_url=url,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=botocore.config.Config(retries={"total_max_attempts": 1}),
    )
    client.register_image(**request)


def by_cli(url, request):
    command = [pathlib.Path(sys.executable).with_name("aws"), "ec2", "register-image", "--region", REGION]
    command += ["--endpoint-url", url, "--cli-input-json", json.dumps(request)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **CREDENTIALS}, timeout=60)


def pairs(value, name=""):
    """The parameters of a request, by the names of the EC2 protocol; an empty list as aws-sdk-go version 1 has it."""
    if isinstance(value, dict):
        for member, item in value.items():
            singular = {"BlockDeviceMappings", "BillingProducts", "TagSpecifications", "Tags"}
            member = member.removesuffix("s") if member in singular else member
            yield from pairs(item, f"{name}.{member}" if name else member)
    elif isinstance(value, list):
        if not value:
            yield name, ""
        for number, item in enumerate(value, start=1):
            yield from pairs(item, f"{name}.{number}")
    else:
        yield name, json.dumps(value) if isinstance(value, (bool, int)) else value


def in_go(request):
    """`url.Values.Encode`, which both versions of aws-sdk-go use: sorted by name, `+` for a blank, `-_.~` left alone."""
    parameters = [("Action", "RegisterImage"), ("Version", "2016-11-15"), *pairs(request)]
    return urllib.parse.urlencode(sorted(parameters), safe="-_.~")


def in_browser(request):
    """The URL standard's serializer of forms: in the order of the fields, `+` for a blank, `*-._` left alone."""
    parameters = [*pairs(request), ("Action", "RegisterImage"), ("Version", "2016-11-15")]
    parameters = [(name, value) for name, value in parameters if value != "" or not name.startswith("BillingProduct")]
    return urllib.parse.urlencode(parameters, safe="*-._").replace("~", "%7E")


def main():
    cases = json.loads(FIXTURE.read_text(encoding="utf-8"))
    with server() as (url, bodies):
        for case in cases:
            request = case["request"]
            for encode in (by_botocore, by_cli):
                encode(url, request)
            case["bodies"]["aws-cli"] = bodies.pop()
            case["bodies"]["botocore"] = bodies.pop()
            case["bodies"]["aws-sdk-go"] = in_go(request)
            case["bodies"]["browser"] = in_browser(request)
            case["bodies"] = dict(sorted(case["bodies"].items()))
    print(json.dumps(cases, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
