"""Registers images at moto, an emulator of EC2, through the command line `send`, and looks at what comes of it.

moto reads the body, checks the signature with botocore's own signer, and answers in EC2's XML. Of RegisterImage it knows
no rule, and no error but `DryRunOperation`; other errors are provoked with credentials.

    cargo build -p send
    .venv/bin/python peers/python/moto_roundtrip.py target/debug/send
"""

import contextlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading

import boto3
import botocore.config
import requests
from moto.server import ThreadedMotoServer

REGION = "eu-west-1"
TIMEOUT = 20
TIMEOUT_OF_ALL = 120


@contextlib.contextmanager
def emulator():
    """A server on a free port of loopback, stopped whatever happens; its URL."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield f"http://{host}:{port}"
    finally:
        server.stop()


@contextlib.contextmanager
def one_answer(answer):
    """A server that takes one request, sends these bytes, and hangs up; its URL."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(TIMEOUT)

    def serve():
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(TIMEOUT)
            received = b""
            while b"EnaSupport=true" not in received:  # the last parameter of every request here
                chunk = connection.recv(65536)
                if not chunk:
                    return
                received += chunk
            connection.sendall(answer)

    server = threading.Thread(target=serve)
    server.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.join()
        listener.close()


class Peer:
    """boto3 and `send`, both speaking to one emulator."""

    def __init__(self, binary, url):
        self.binary = binary
        self.url = url
        self.key = ("testing", "testing")

    def client(self, service):
        return boto3.client(
            service,
            region_name=REGION,
            endpoint_url=self.url,
            aws_access_key_id=self.key[0],
            aws_secret_access_key=self.key[1],
            config=botocore.config.Config(connect_timeout=5, read_timeout=TIMEOUT, retries={"total_max_attempts": 1}),
        )

    def send(self, request, *options, key=None):
        """Runs `send`; its exit status, and what it printed on stdout, read as JSON, or else on stderr."""
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        finished = subprocess.run(
            [self.binary, "--endpoint-url", self.url, *options],
            input=json.dumps(request),
            env={"AWS_REGION": REGION, **dict(zip(names, key or self.key))},
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
        # What the rules warn of stands before; these requests are odd on purpose.
        failure = "\n".join(line for line in finished.stderr.splitlines() if not line.startswith("warning["))
        said = json.loads(finished.stdout) if finished.stdout else failure.strip()
        print(" ".join(["send", *options, request["Name"]]), "->", finished.returncode, said)
        return finished.returncode, said

    def images(self, name):
        return self.client("ec2").describe_images(Filters=[{"Name": "name", "Values": [name]}])["Images"]

    def demand_signatures(self, after):
        """From `after` calls on, moto checks who signed a call and whether they may make it."""
        requests.post(f"{self.url}/moto-api/reset-auth", data=str(after), timeout=TIMEOUT).raise_for_status()


def request_of(name, snapshot_id, description="a + b & c = %20\t<d>"):
    return {
        "Name": name,
        "Description": description,
        "Architecture": "arm64",
        "VirtualizationType": "hvm",
        "RootDeviceName": "/dev/xvda",
        "EnaSupport": True,
        "BlockDeviceMappings": [
            {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": snapshot_id, "VolumeType": "gp3", "VolumeSize": 8}},
        ],
        "TagSpecifications": [{"ResourceType": "image", "Tags": [{"Key": "Stage", "Value": ""}]}],
    }


def make_snapshot(peer):
    ec2 = peer.client("ec2")
    volume = ec2.create_volume(AvailabilityZone=f"{REGION}a", Size=8)
    return ec2.create_snapshot(VolumeId=volume["VolumeId"])["SnapshotId"]


def policy(*actions, **members):
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*", **members}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def make_user(peer, name, *actions):
    """A user who may do the actions, no others; the key."""
    iam = peer.client("iam")
    iam.create_user(UserName=name)
    if actions:
        iam.put_user_policy(UserName=name, PolicyName="may", PolicyDocument=policy(*actions))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]


def assume_role(peer, name, *actions):
    """A role that may do the actions, no others; a key for a session of it, with a token."""
    iam = peer.client("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy("sts:AssumeRole", Principal={"AWS": "*"}))
    iam.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=policy(*actions))
    session = peer.client("sts").assume_role(RoleArn=role["Role"]["Arn"], RoleSessionName="session")
    key = session["Credentials"]
    return key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"]


def assert_registered(peer, request, answer):
    status, said = answer
    assert status == 0, answer
    assert set(said) == {"ImageId", "RequestId"} and said["RequestId"], said
    (image,) = peer.images(request["Name"])
    assert image["ImageId"] == said["ImageId"], (image, said)
    # Of the members, moto keeps these two.
    assert image["Name"] == request["Name"] and image["Description"] == request["Description"], image


def assert_refused(answer, status, code):
    exit_status, said = answer
    assert exit_status == 1, answer
    error = said["Error"]
    assert (error["Status"], error["Code"]) == (status, code), error
    assert error["Message"] and error["RequestId"], error


def register(peer, snapshot_id):
    request = request_of("round trip (1)", snapshot_id)
    assert_registered(peer, request, peer.send(request))


def dry_run(peer, snapshot_id):
    """A pass answers with an error of status 412, which is no failure."""
    request = request_of("dry run", snapshot_id)
    for status, said in (peer.send(request, "--dry-run"), peer.send({**request, "DryRun": True})):
        assert status == 0 and said["DryRun"] is True and said["RequestId"], said
    assert peer.images("dry run") == []


def nothing_is_sent(peer, snapshot_id):
    request = request_of("not sent", snapshot_id)
    status, said = peer.send({**request, "Name": "xy"})
    assert status == 2 and said.startswith("nothing was sent: the request is not valid"), said
    status, said = peer.send({**request, "Nom": "not sent"})
    assert status == 2 and said.startswith("nothing was sent: ") and "Nom" in said, said
    status, said = peer.send(request, "--endpoint-url", "http://127.0.0.1:1")
    assert status == 2 and said.startswith("nothing was sent: "), said
    assert peer.images("not sent") == [] == peer.images("xy")


def unreadable(peer, snapshot_id):
    """moto answers elsewhere too, but not as EC2 does."""
    status, said = peer.send(request_of("unreadable", snapshot_id), "--endpoint-url", f"{peer.url}/moto-api/")
    assert status == 2 and said.startswith("an image may have been registered: unreadable answer"), said


def lost_answers(peer, snapshot_id):
    """What a server says when it stops in the middle never passes for a success."""
    head = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n"
    body = b"<RegisterImageResponse><imageId>ami-0123456789abcdef0</imageId></RegisterImageResponse>"
    cut_off = body[: body.index(b"</Reg")]
    for answer in (b"", head % len(body), head % len(body) + cut_off, head % len(cut_off) + cut_off):
        with one_answer(answer) as url:
            status, said = peer.send(request_of("lost", snapshot_id), "--endpoint-url", url)
        assert status == 2 and said.startswith("an image may have been registered: "), said
    with one_answer(head % len(body) + body) as url:
        assert peer.send(request_of("whole", snapshot_id), "--endpoint-url", url)[0] == 0


def signatures(peer, snapshot_id):
    registrar = make_user(peer, "registrar", "ec2:RegisterImage", "ec2:DescribeImages")
    visitor = make_user(peer, "visitor")
    session = assume_role(peer, "role", "ec2:RegisterImage")
    peer.demand_signatures(after=0)
    peer.key = registrar

    # moto checks the signature of a body that it encodes anew, with `+` for a blank, so there must be none.
    without_blanks = "a+b&c=%20<d>"
    for name, key in (("signed", registrar), ("signed-with-token", session)):
        request = request_of(name, snapshot_id, without_blanks)
        assert_registered(peer, request, peer.send(request, key=key))

    request = request_of("refused", snapshot_id, without_blanks)
    assert_refused(peer.send(request, key=("AKIAIOSFODNN7EXAMPLE", "x")), 401, "AuthFailure")
    assert_refused(peer.send(request, key=(registrar[0], "x")), 401, "AuthFailure")
    assert_refused(peer.send(request, key=(*session[:2], "x")), 401, "AuthFailure")
    assert_refused(peer.send(request, key=visitor), 403, "AccessDenied")
    assert peer.images("refused") == []


def main():
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} path/to/send")
    signal.alarm(TIMEOUT_OF_ALL)
    os.environ["NO_PROXY"] = "127.0.0.1"
    # The server's line for each call says less than what `send` printed.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    with emulator() as url:
        peer = Peer(sys.argv[1], url)
        snapshot_id = make_snapshot(peer)
        parts = (register, dry_run, nothing_is_sent, unreadable, lost_answers, signatures)
        for part in parts:
            part(peer, snapshot_id)
    print(f"all {len(parts)} parts hold")


if __name__ == "__main__":
    main()
