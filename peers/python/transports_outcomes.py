"""Registers images through both clients of `examples/transports`, at servers that fail in every way, and looks at what comes
of it: what the command says, how it exits, and which images there are.

    examples/transports/run
"""

import concurrent.futures
import contextlib
import dataclasses
import hashlib
import json
import logging
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading

from moto_roundtrip import REGION, Peer, emulator, make_snapshot, one_answer, request_of

TIMEOUT = 60
TIMEOUT_OF_ALL = 300
#: Enough for two look-ups more, unless a case sets its own.
LOOK_UP_TIMEOUT = "3"
#: The longest that all waits of a call with three attempts take together, with a look-up timeout of 10 seconds.
LONGEST_WAITS = 40
SNAPSHOT = "snap-0123456789abcdef0"
TAG = {"ResourceType": "image", "Tags": [{"Key": "build", "Value": "8c1f29d0"}]}
MARKED = ("--marker", "build")


@contextlib.contextmanager
def fake_ec2(binary, faults=None, facts=None):
    """The example of that name on a free port; its URL."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file, contextlib.ExitStack() as stack:
        options = ["--faults", faults] if faults else []
        if facts:
            json.dump(facts, file)
            file.flush()
            options += ["--facts", file.name]
        server = subprocess.Popen(
            [binary, "serve", "--port", "0", *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        stack.callback(server.wait)
        stack.callback(server.kill)
        yield server.stdout.readline().removeprefix("listening on ").strip()


@contextlib.contextmanager
def nobody():
    """A port that refuses connections; its URL."""
    with socket.socket() as bound:  # and does not listen, so that nobody else gets the port
        bound.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"


@contextlib.contextmanager
def silent(scheme="http"):
    """A port that takes connections and never says a word; its URL."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"


@contextlib.contextmanager
def full():
    """A port on which connections hang, since its queue is full; its URL."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(8):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(listener.getsockname())
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextlib.contextmanager
def scripted(*answers):
    """A server that gives these answers in order, the last one again and again; its URL.

    An answer is a status and a body, and headers if it has any. For `None`, the server closes the connection.
    """
    answers = iter([*answers[:-1], *[answers[-1]] * 100])
    listener = socket.create_server(("127.0.0.1", 0))

    def serve():
        while True:
            connection, _ = listener.accept()
            with connection, connection.makefile("rb") as received:
                if not (line := received.readline()):
                    return
                length = 0
                while (line := received.readline()).strip():
                    name, _, value = line.partition(b":")
                    length = int(value) if name.lower() == b"content-length" else length
                received.read(length)
                if (answer := next(answers)) is None:
                    continue
                status, body, *headers = answer
                lines = [f"HTTP/1.1 {status} -", f"content-length: {len(body.encode())}", "connection: close", *headers]
                connection.sendall(("\r\n".join(lines) + "\r\n\r\n" + body).encode())

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        socket.create_connection(listener.getsockname()).close()
        server.join(TIMEOUT)
        listener.close()


def script(*answers):
    """A `server` of a case."""
    return lambda: scripted(*answers)


def error(status, code, message, *headers):
    body = f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors></Response>"
    return (status, body, *headers)


RIVAL = "ami-0fedcba9876543210"
NAME_TAKEN = error(400, "InvalidAMIName.Duplicate", f"AMI name scripted is already in use by AMI {RIVAL}")
NOT_FOUND = error(400, "InvalidAMIID.NotFound", f"The image id '[{RIVAL}]' does not exist")
DENIED = error(403, "UnauthorizedOperation", "You are not authorized to perform this operation.")
CREATED = (200, f"<RegisterImageResponse><imageId>{RIVAL}</imageId></RegisterImageResponse>")
BUSY = error(503, "RequestLimitExceeded", "Request limit exceeded.", "retry-after: 600")
NO_IMAGES = (200, "<DescribeImagesResponse><imagesSet/></DescribeImagesResponse>")


def shown(architecture="arm64", state="available", tag="8c1f29d0", more=""):
    """A look-up that shows the image."""
    tags = f"<tagSet><item><key>build</key><value>{tag}</value></item></tagSet>" if tag else ""
    return (200, f"""<DescribeImagesResponse><imagesSet><item><imageId>{RIVAL}</imageId><imageState>{state}</imageState>
        <name>scripted</name><architecture>{architecture}</architecture><virtualizationType>hvm</virtualizationType>
        <enaSupport>true</enaSupport><rootDeviceType>ebs</rootDeviceType><rootDeviceName>/dev/xvda</rootDeviceName>
        <blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs><snapshotId>{SNAPSHOT}</snapshotId>
        <volumeSize>8</volumeSize><volumeType>gp3</volumeType><iops>3000</iops><throughput>125</throughput>
        <encrypted>false</encrypted><deleteOnTermination>true</deleteOnTermination></ebs></item></blockDeviceMapping>
        {tags}{more}</item></imagesSet></DescribeImagesResponse>""")  # fmt: skip


def rival(name, **members):
    """An image that has the name, as the AWS CLI prints it."""
    ebs = {
        "SnapshotId": SNAPSHOT, "VolumeType": "gp3", "VolumeSize": 8, "Iops": 3000, "Throughput": 125,
        "DeleteOnTermination": True, "Encrypted": False,
    }  # fmt: skip
    image = {
        "ImageId": "ami-0fedcba9876543210", "Name": name, "Architecture": "arm64", "VirtualizationType": "hvm",
        "EnaSupport": True, "State": "available", "RootDeviceType": "ebs",
        "RootDeviceName": "/dev/xvda", "BlockDeviceMappings": [{"DeviceName": "/dev/xvda", "Ebs": ebs}], **members,
    }  # fmt: skip
    return {"Images": [image]}


@dataclasses.dataclass
class Case:
    """A call and what it comes to."""

    name: str
    #: What the outcome has, at least.
    outcome: dict
    #: How many images have the name in the end; not asked where there is no server to ask.
    images: int | None = None
    #: Of `fake_ec2`.
    faults: str | None = None
    facts: dict | None = None
    #: A server that is no emulator.
    server: object = None
    options: tuple = ()
    #: Whether the marker tag contains the fingerprint of the request.
    is_content_bound: bool = False
    #: What stderr says, in this order.
    says: tuple = ()
    #: The rules of the findings, if it is invalid.
    rules: tuple = ()


LOOK_UP = {"ImageId", "Marked", "State", "LookUpError"}
MEMBERS = {
    "registered": {"Outcome", "ImageId", "RequestId"},
    "recovered": {"Outcome", "Differences", "NotShown", *LOOK_UP},
    "already-there": {"Outcome", "Likeness", "Differences", "NotShown", *LOOK_UP},
    "dry-run-passed": {"Outcome", "RequestId"},
    "refused": {"Outcome", "Error"},
    "gave-up": {"Outcome", "Effect", "Error", *LOOK_UP},
    "invalid": {"Outcome", "Findings"},
}
REGISTERED = {"Outcome": "registered"}
RECOVERED = {"Outcome": "recovered", "Marked": True, "State": "available", "Differences": [], "LookUpError": None}
DIFFERENT = {"Outcome": "already-there", "Likeness": "different"}
UNCLEAR_IMAGE = {"Outcome": "already-there", "Likeness": "unclear"}
OURS_PERHAPS = {"Outcome": "already-there", "Likeness": "same", "Differences": []}
NOTHING = {"Outcome": "gave-up", "Effect": "none"}
MAYBE = {"Outcome": "gave-up", "Effect": "maybe"}

TWICE = ("--attempts", "2")
ONCE = ("--attempts", "1")
HURRIED = ("--timeout", "1")
REGISTER, DESCRIBE = "RegisterImage: ", "DescribeImages: "
GATHER, WAIT = ("--gather",), ("--wait",)
INVALID = {"Outcome": "invalid"}
AVAILABLE = {**REGISTERED, "State": "available", "StateReason": None}
GATHERED = tuple(f"{action}: status 200" for action in (
    "DescribeSnapshots", "DescribeSnapshots", "DescribeSnapshotAttribute", "DescribeImages", "GetEbsEncryptionByDefault",
    "GetEbsDefaultKmsKeyId",
))  # fmt: skip
SETTINGS = ("DescribeSnapshots", "DescribeSnapshotAttribute", "GetEbsEncryptionByDefault", "GetEbsDefaultKmsKeyId")
LARGE = {"Snapshots": [{"SnapshotId": SNAPSHOT, "VolumeSize": 16, "State": "completed"}]}
SMALL = {"Snapshots": [{"SnapshotId": SNAPSHOT, "VolumeSize": 4, "State": "completed"}]}
OTHER_IMAGE = (200, shown()[1].replace(RIVAL, "ami-0fedcba9876543211"))
REASON = "<stateReason><code>Client.InvalidSnapshot</code><message>no snapshot</message></stateReason>"
UNCLEAR, NOT_SENT, WAITING = REGISTER + "unclear: ", REGISTER + "not sent: ", "waiting "
TAKEN = (REGISTER + "status 400", DESCRIBE + "status 200")

CASES = [
    Case("plain", REGISTERED, 1, says=(REGISTER + "status 200", "registered ami-")),
    Case("dry run", {"Outcome": "dry-run-passed"}, 0, options=("--dry-run",), says=(REGISTER + "status 412",)),
    Case("answer lost (marked)", RECOVERED, 1, "drop-after", options=MARKED, says=(UNCLEAR, WAITING, *TAKEN)),
    Case("answer lost", OURS_PERHAPS, 1, "drop-after", says=(UNCLEAR, WAITING, *TAKEN)),
    Case("request lost", REGISTERED, 1, "drop-before", says=(UNCLEAR, WAITING, REGISTER + "status 200")),
    Case("answer cut off", RECOVERED, 1, "cut", options=MARKED, says=(REGISTER, WAITING, *TAKEN)),
    Case("throttled twice", REGISTERED, 1, "throttle,throttle", says=(REGISTER + "status 503", WAITING) * 2),
    # No page says that what is throttled with a status of 503 did nothing.
    Case("throttled", MAYBE, 0, "throttle,throttle", options=TWICE),
    Case("500 before", REGISTERED, 1, "500", says=(REGISTER + "status 500", WAITING, REGISTER + "status 200")),
    Case("500 after", RECOVERED, 1, "500-after", options=MARKED, says=(REGISTER + "status 500", WAITING, *TAKEN)),
    Case("500 after (once)", RECOVERED, 1, "500-after", options=(*MARKED, *ONCE), says=(REGISTER, DESCRIBE)),
    Case("late answer", RECOVERED, 1, "late:3000", options=(*MARKED, *HURRIED), says=(UNCLEAR, WAITING, *TAKEN)),
    Case("look-up lost", RECOVERED, 1, "drop-after,describe:drop-before,describe:cut", options=MARKED,
         says=(*TAKEN[:1], DESCRIBE + "unclear: ", WAITING, DESCRIBE, WAITING, DESCRIBE + "status 200")),
    Case("all lost", MAYBE, 0, "drop-before,drop-before", options=TWICE,
         says=(UNCLEAR, WAITING, UNCLEAR, DESCRIBE + "status 200", WAITING, DESCRIBE + "status 200", "gave up")),
    Case("name taken", {"Outcome": "already-there", "ImageId": "ami-0fedcba9876543210", "Likeness": "different",
                        "Differences": ["Architecture", "Tags"]}, 1, facts=rival("name taken", Architecture="x86_64")),
    Case("refused", {"Outcome": "refused"}, 0, facts={"Snapshots": []}, says=(REGISTER + "status 400", "rejected, ")),
    Case("connection refused", NOTHING, server=nobody, says=(NOT_SENT, WAITING) * 2 + (NOT_SENT, "gave up, and this call registered nothing")),
    Case("connection hangs", NOTHING, server=full, options=(*HURRIED, *ONCE), says=(NOT_SENT,)),
    Case("no such host", NOTHING, server=lambda: contextlib.nullcontext("http://ec2.invalid"), options=ONCE, says=(NOT_SENT,)),
    Case("no TLS", NOTHING, server=lambda: silent("https"), options=ONCE, says=(NOT_SENT,)),
    Case("no answer", MAYBE, server=silent, options=(*HURRIED, *ONCE), says=(UNCLEAR, DESCRIBE + "unclear: ")),
    Case("redirect", {"Outcome": "refused"}, options=ONCE, says=(REGISTER + "status 307", "rejected, "),
         server=lambda: one_answer(b"HTTP/1.1 307 -\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n")),
    # The image of an earlier process, which has the same marker.
    Case("ours", {**RECOVERED, "ImageId": RIVAL}, 1, facts=rival("ours", Tags=TAG["Tags"]), options=MARKED, says=TAKEN),
    Case("ours and different", {**DIFFERENT, "ImageId": RIVAL, "Marked": True, "Differences": ["Architecture"]}, 1,
         facts=rival("ours and different", Architecture="x86_64", Tags=TAG["Tags"]), options=MARKED, says=TAKEN),
    Case("ours and unusable", {**DIFFERENT, "Marked": True, "State": "failed", "Differences": ["State"]}, options=MARKED,
         server=script(NAME_TAKEN, shown(state="failed")), says=TAKEN),
    Case("of another build", {**DIFFERENT, "Marked": False, "Differences": ["Tags"]}, 1, options=MARKED,
         facts=rival("of another build", Tags=[{"Key": "build", "Value": "another"}]), says=TAKEN),
    Case("of other content", {**DIFFERENT, "ImageId": RIVAL, "Marked": False, "Differences": ["Tags"]}, options=MARKED,
         is_content_bound=True, server=script(NAME_TAKEN, shown(tag="8c1f29d0@sha256:" + 64 * "0")),
         says=(*TAKEN, "the name is taken by ")),
    Case("tags not visible", {**UNCLEAR_IMAGE, "ImageId": RIVAL, "Marked": None, "State": "available"}, options=MARKED,
         server=script(NAME_TAKEN, shown(tag="")), says=(*TAKEN, WAITING, DESCRIBE + "status 200")),
    Case("tags visible late", {**RECOVERED, "ImageId": RIVAL}, options=MARKED,
         server=script(NAME_TAKEN, shown(tag=""), shown()), says=(*TAKEN, WAITING, DESCRIBE + "status 200", "recovered ")),
    Case("state unknown", {**UNCLEAR_IMAGE, "Marked": True, "State": "transient"}, options=MARKED,
         server=script(NAME_TAKEN, shown(state="transient")), says=TAKEN),
    Case("copied", {**DIFFERENT, "Marked": True}, options=MARKED, says=TAKEN,
         server=script(NAME_TAKEN, shown(more="<sourceImageId>ami-0123456789abcdef0</sourceImageId>"))),
    Case("look-ups denied", {**UNCLEAR_IMAGE, "ImageId": RIVAL, "Marked": None, "State": None, "LookUpError": {
             "Code": "UnauthorizedOperation", "Message": "You are not authorized to perform this operation.",
             "RequestId": None, "Status": 403}},
         options=MARKED, server=script(NAME_TAKEN, DENIED), says=(TAKEN[0], DESCRIBE + "status 403")),
    Case("seen once and then denied", {**UNCLEAR_IMAGE, "ImageId": RIVAL, "State": "available"}, options=MARKED,
         server=script(NAME_TAKEN, shown(tag=""), DENIED), says=(*TAKEN, WAITING, DESCRIBE + "status 403")),
    Case("name free again", {**REGISTERED, "ImageId": RIVAL}, options=MARKED,
         server=script(NAME_TAKEN, NOT_FOUND, CREATED), says=(TAKEN[0], DESCRIBE + "status 400", WAITING, REGISTER)),
    Case("deregistered", {**UNCLEAR_IMAGE, "ImageId": RIVAL, "State": "deregistered"}, options=ONCE,
         server=script(NAME_TAKEN, shown(state="deregistered")), says=(*TAKEN, "the name was held by ")),
    Case("assigned", {**MAYBE, "ImageId": RIVAL, "Marked": None, "State": None}, options=(*MARKED, *ONCE),
         server=script(NOT_FOUND, NO_IMAGES), says=(REGISTER + "status 400", DESCRIBE, WAITING, "gave up, ")),
    Case("assigned and shown", {**RECOVERED, "ImageId": RIVAL}, options=MARKED, server=script(NOT_FOUND, shown()), says=TAKEN),
    Case("rejected with nothing sent before", {"Outcome": "refused"}, options=MARKED, server=script(DENIED)),
    Case("rejected after a lost answer", {**RECOVERED, "ImageId": RIVAL}, options=MARKED,
         server=script(None, DENIED, shown()), says=(UNCLEAR, WAITING, REGISTER + "status 403", DESCRIBE)),
    Case("rejection cut off", REGISTERED, options=MARKED, server=script((400, "<Response><Err"), CREATED)),
    Case("status 429", REGISTERED, options=MARKED, server=script(error(429, "Haunted", "Boo."), CREATED)),
    Case("name taken in a dry run", {"Outcome": "already-there", "Likeness": "same", "Marked": True}, options=(*MARKED, "--dry-run"),
         server=script(NAME_TAKEN, shown()), says=TAKEN),
    # Facts first.
    Case("gathered", REGISTERED, 1, options=GATHER, says=(*GATHERED, REGISTER + "status 200")),
    Case("gathered and too small", INVALID, 0, facts=LARGE, options=(*GATHER, *WAIT), rules=("volume-smaller-than-snapshot",),
         says=("error[volume-smaller-than-snapshot]",)),
    Case("gathered and large enough", AVAILABLE, 1, facts=SMALL, options=(*GATHER, *WAIT)),
    Case("gathered and taken", INVALID, facts=rival("gathered and taken"), options=GATHER, rules=("name-in-use",)),
    Case("gathered and taken by a disabled image", INVALID, options=GATHER, rules=("name-in-use",),
         facts=rival("gathered and taken by a disabled image", State="disabled")),
    Case("gathered and denied", REGISTERED, 1, faults=",".join(f"deny:{it}" for it in SETTINGS), options=GATHER,
         says=(f"unknown: the snapshot {SNAPSHOT}: UnauthorizedOperation", "unknown: encryption by default: ",
               "unknown: the default KMS key: ", REGISTER + "status 200")),
    Case("gathered without product codes", REGISTERED, 1, faults="deny:DescribeSnapshotAttribute", options=GATHER,
         says=("unknown: the product codes of ",)),
    Case("gathered without images", {"Outcome": "already-there"}, 1, faults="DescribeImages:500,DescribeImages:500,DescribeImages:500",
         facts=rival("gathered without images"), options=GATHER, says=("unknown: the images with the name: ",)),
    Case("gathered in spite of faults", REGISTERED, 1, options=GATHER, says=("DescribeSnapshots: status 503", WAITING),
         faults=",".join(f"{it}:{fault}" for it in (*SETTINGS, "DescribeImages")
                         for fault in (("throttle", "cut") if it == "DescribeSnapshots" else ("drop-after",)))),
    Case("gathered from a silent server", MAYBE, server=silent, options=(*GATHER, *HURRIED, *ONCE),
         says=("DescribeSnapshots: unclear", f"unknown: the snapshot {SNAPSHOT}: no response", UNCLEAR)),
    # Until it is available.
    Case("waited", AVAILABLE, 1, faults="pending:2", options=(*GATHER, *WAIT),
         says=(*GATHERED, REGISTER, DESCRIBE, WAITING + "1.000 s", DESCRIBE, WAITING + "1.000 s", DESCRIBE, "ami-")),
    Case("waited after a lost answer", {**RECOVERED, "StateReason": None}, 1, faults="drop-after+pending:3",
         options=(*MARKED, *WAIT)),
    Case("waited until it is visible", AVAILABLE, 1, faults="hide:2", options=WAIT, says=(DESCRIBE + "status 400", WAITING)),
    Case("waited for nothing visible", {**REGISTERED, "State": None, "StateReason": None}, faults="hide:100",
         options=(*WAIT, "--wait-timeout", "2"), says=(WAITING, WAITING, "gave up waiting: ")),
    Case("waited too short", {**REGISTERED, "State": "pending"}, 1, faults="pending:100",
         options=(*WAIT, "--wait-timeout", "2.5"), says=(WAITING, WAITING, WAITING + "0.500 s", "gave up waiting: ")),
    Case("waited for a failed one", {**REGISTERED, "State": "failed"}, 1, faults="failed+pending:1", options=WAIT),
    Case("waited in spite of faults", AVAILABLE, 1, options=WAIT, says=(DESCRIBE, WAITING) * 4,
         faults="pending:1,describe:throttle,describe:drop-before,describe:cut,describe:500"),
    Case("waited for a response without the image", {**AVAILABLE, "ImageId": RIVAL}, options=WAIT,
         server=script(CREATED, NO_IMAGES, NOT_FOUND, shown(state="transient"), shown()), says=(REGISTER, *(DESCRIBE, WAITING) * 3)),
    Case("waited for another image", {**REGISTERED, "State": None}, options=(*WAIT, "--wait-timeout", "2"),
         server=script(CREATED, OTHER_IMAGE)),
    Case("waited for a failed image with a reason", {**REGISTERED, "State": "failed", "StateReason": {
             "Code": "Client.InvalidSnapshot", "Message": "no snapshot"}},
         options=WAIT, server=script(CREATED, shown(state="failed", more=REASON))),
    *(Case(f"waited for a state: {state}", {**REGISTERED, "State": state}, options=WAIT,
           server=script(CREATED, shown(state="pending"), shown(state=state), shown()))
      for state in ("invalid", "error", "disabled", "deregistered")),
    Case("waited without permission", {**REGISTERED, "State": None}, options=WAIT, server=script(CREATED, DENIED),
         says=(DESCRIBE + "status 403", WAITING, DESCRIBE, WAITING, DESCRIBE, "gave up waiting: UnauthorizedOperation")),
    Case("refused without a wait", {"Outcome": "refused", "StateReason": None}, options=WAIT, server=script(DENIED)),
    Case("no wait for an image with the name", {**DIFFERENT, "State": "failed", "StateReason": {
             "Code": "Client.InvalidSnapshot", "Message": "no snapshot"}},
         options=(*MARKED, *WAIT), server=script(NAME_TAKEN, shown(state="failed", more=REASON)), says=TAKEN),
    Case("waited for a dry run", {"Outcome": "dry-run-passed", "StateReason": None}, 0, options=("--dry-run", *WAIT)),
    # The service asks for ten minutes.
    Case("longest waits", {**UNCLEAR_IMAGE, "ImageId": RIVAL}, options=(*MARKED, "--look-up-timeout", "10"),
         server=script(BUSY, BUSY, NAME_TAKEN, shown(tag=""), BUSY), says=(REGISTER, WAITING, REGISTER, WAITING, *TAKEN, WAITING)),
]  # fmt: skip


def call(binary, url, request, *options, environment=None):
    """Runs one of the clients."""
    if "--look-up-timeout" not in options:
        options = ("--look-up-timeout", LOOK_UP_TIMEOUT, *options)
    credentials = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    return subprocess.run(
        [binary, "--endpoint-url", url, *options, "-"],
        input=json.dumps(request),
        env={"AWS_REGION": REGION, "NO_PROXY": "*", **(credentials if environment is None else environment)},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
    )


def request_named(name, snapshot_id=SNAPSHOT):
    return {**request_of(name, snapshot_id, ""), "TagSpecifications": [TAG]}


def bind_to_content(emulator_binary, request):
    """Adds the fingerprint of the request to its marker tag."""
    encoded = subprocess.run(
        [emulator_binary, "encode", "-"], input=json.dumps(request), capture_output=True, text=True, check=True
    )
    parameters = encoded.stdout.strip().split("&")
    content = "&".join(p for p in parameters if not p.startswith(("DryRun=", "TagSpecification.")))
    digest = hashlib.sha256(content.encode()).hexdigest()
    tag = {"Key": "build", "Value": f"8c1f29d0@sha256:{digest}"}
    return {**request, "TagSpecifications": [{"ResourceType": "image", "Tags": [tag]}]}


def assert_outcome(case, finished):
    said = json.loads(finished.stdout)
    assert case.outcome.items() <= said.items(), said
    members = MEMBERS[said["Outcome"]]
    if "--wait" in case.options and said["Outcome"] != "invalid":
        members = members | {"StateReason"} | ({"State"} if "ImageId" in said else set())
        succeeded = said["Outcome"] in ("registered", "recovered") and said["State"] == "available"
    else:
        succeeded = said["Outcome"] in ("registered", "recovered", "dry-run-passed")
    assert members == said.keys(), said
    assert set(case.rules) <= {finding["rule"] for finding in said.get("Findings", [])}, said
    assert finished.returncode == (0 if succeeded else 1), finished.returncode
    assert said["Outcome"] != "refused" or said["Error"]["Message"], said
    lines = iter(finished.stderr.splitlines())
    for expected in case.says:
        assert any(line.startswith(expected) for line in lines), f"no line {expected!r} where it should be"
    waits = [float(line.split()[1]) for line in finished.stderr.splitlines() if line.startswith(WAITING)]
    assert sum(waits) <= LONGEST_WAITS, waits


def run(case, binary, emulator_binary):
    """One case with one client; the transcript, which ends in what is wrong, if anything is."""
    server = case.server() if case.server else fake_ec2(emulator_binary, case.faults, case.facts)
    request = request_named("scripted" if case.server else case.name)
    if case.is_content_bound:
        request = bind_to_content(emulator_binary, request)
    with server as url:
        finished = call(binary, url, request, *case.options)
        transcript = f"-- {pathlib.Path(binary).name}: {case.name} {' '.join(case.options)}\n"
        transcript += finished.stderr + finished.stdout
        try:
            assert_outcome(case, finished)
            if case.images is not None:
                images = Peer(binary, url).images(case.name)
                assert len(images) == case.images, images
                # Where there is one, it is the one that the command speaks of.
                named = json.loads(finished.stdout).get("ImageId")
                assert not images or [image["ImageId"] for image in images] == [named], (images, named)
        except (AssertionError, ValueError) as error:
            return transcript, error
    return transcript, None


def at_moto(binaries):
    with emulator() as url:
        for binary in binaries:
            peer = Peer(binary, url)
            name = f"moto ({pathlib.Path(binary).name})"
            request = request_named(name, make_snapshot(peer))
            dry_run, plain = call(binary, url, request, "--dry-run"), call(binary, url, request, *MARKED, *GATHER, *WAIT)
            taken = call(binary, url, request, *GATHER)
            for finished in (dry_run, plain, taken):
                print(f"-- moto: {name}", finished.stderr + finished.stdout, sep="\n")
            assert_outcome(Case(name, INVALID, rules=("name-in-use",)), taken)
            assert_outcome(Case(name, {"Outcome": "dry-run-passed"}), dry_run)
            (image,) = peer.images(name)
            assert_outcome(Case(name, {**AVAILABLE, "ImageId": image["ImageId"]}, options=WAIT), plain)


def unusable(binaries):
    """Nothing is sent, and that is what it says."""
    request = request_named("unusable")
    rows = [
        ({**request, "Name": "xy"}, (), None, "the request is not valid"),
        ({**request, "Nom": "x"}, (), None, "Nom"),
        (request, ("--marker", "Build"), None, "no tag"),
        (request, ("--timeout", "0"), None, "--timeout"),
        (request, ("--look-up-timeout", "x"), None, "--look-up-timeout"),
        (request, ("--wait-timeout", "0"), None, "--wait-timeout"),
        (request, ("--gather", "--marker", "Build"), None, "no tag"),
        (request, ("--attempts", "x"), None, "--attempts"),
        (request, ("--verbose",), None, "there is no option"),
        (request, (), {}, "AWS_ACCESS_KEY_ID"),
        (request, ("--endpoint-url", "no url"), None, "the URL"),
    ]
    for binary in binaries:
        for request, options, environment, expected in rows:
            finished = call(binary, "http://127.0.0.1:1", request, *options, environment=environment)
            assert finished.returncode == 2 and not finished.stdout, (options, finished)
            assert "nothing was sent: " in finished.stderr and expected in finished.stderr, (options, finished.stderr)
            print(f"-- {pathlib.Path(binary).name}: {options}", finished.stderr, sep="\n")


def main():
    if len(sys.argv) < 3:
        sys.exit(f"usage: {sys.argv[0]} path/to/ec2-register-image path/to/client…")
    emulator_binary, *binaries = sys.argv[1:]
    signal.alarm(TIMEOUT_OF_ALL)
    os.environ["NO_PROXY"] = "127.0.0.1"
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    at_moto(binaries)
    unusable(binaries)
    wrong = 0
    # Most of the time goes into waits between attempts.
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        tasks = [(case, binary, emulator_binary) for case in CASES for binary in binaries]
        for transcript, error in pool.map(lambda task: run(*task), tasks):
            print(transcript)
            if error is not None:
                wrong += 1
                print("WRONG:", error)
    if wrong:
        sys.exit(f"{wrong} of {len(tasks)} calls came to something else")
    print(f"all {len(tasks)} calls came to what they should")


if __name__ == "__main__":
    main()
