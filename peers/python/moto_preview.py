"""Registers images at moto, an emulator of EC2, and compares what it then describes with what the crate foresees.

The command `preview` compares them field by field. moto keeps name, description and little else; what it gets wrong is
pinned here, so that the check fails when moto changes, or the comparison does.

    cargo build -p ec2-register-image-cli
    .venv/bin/python peers/python/moto_preview.py target/debug/ec2-register-image
"""

import json
import logging
import os
import pathlib
import subprocess
import sys
import tempfile

from moto_roundtrip import TIMEOUT, Peer, emulator, make_snapshot, request_of

NOT_SHOWN = (
    "Architecture",
    "VirtualizationType",
    "KernelId",
    "RamdiskId",
    "TpmSupport",
    "ImdsSupport",
    "EnaSupport",
    "SriovNetSupport",
    "ProductCodes",
)

# What moto gets wrong of every image: it has one sort of root, one boot mode, and no tags.
OF_EVERY = {
    **dict.fromkeys(NOT_SHOWN, "not-shown"),
    "RootDeviceType": "differs",
    "BootMode": "differs",
    "Tags": "differs",
}

# Of a root that is not `/dev/sda1`, which moto makes of any: neither mapping is the other's.
OF_XVDA = {
    **OF_EVERY,
    "RootDeviceName": "differs",
    "BlockDeviceMappings[0]": "differs",
    "BlockDeviceMappings[1]": "differs",
}

# Of `/dev/sda1`: the volume is made of a snapshot of moto's own, 15 GiB of `standard`.
OF_SDA1 = {
    **OF_EVERY,
    **{
        f"BlockDeviceMappings[0].Ebs.{member}": verdict
        for member, verdict in {
            "DeleteOnTermination": "differs",
            "Iops": "not-shown",
            "SnapshotId": "differs",
            "VolumeSize": "differs",
            "VolumeType": "differs",
            "Throughput": "not-shown",
            "OutpostArn": "not-shown",
            "Encrypted": "not-shown",
        }.items()
    },
}


def with_root(request, device):
    """The same request with another root device."""
    mappings = [{**mapping, "DeviceName": device} for mapping in request["BlockDeviceMappings"]]
    return {**request, "Name": f"{request['Name']} {device}", "RootDeviceName": device, "BlockDeviceMappings": mappings}


def described(peer, request):
    """What DescribeImages tells of the request once it is registered."""
    ec2 = peer.client("ec2")
    image_id = ec2.register_image(**request)["ImageId"]
    return {"Images": ec2.describe_images(ImageIds=[image_id])["Images"]}


def comparison(binary, request, images):
    """The example's verdict on the image, member by member."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "images.json")
        # boto3 makes dates of what the CLI prints as text.
        path.write_text(json.dumps(images, default=lambda date: date.isoformat()), encoding="utf-8")
        finished = subprocess.run(
            [binary, "preview", "--format", "json", "--against", str(path)],
            input=json.dumps(request),
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)["Comparison"]


def check(binary, peer, request, expected):
    """Prints the comparison; whether it is the expected one."""
    found = comparison(binary, request, described(peer, request))
    print(f"{request['Name']}: {found['Result']}")
    for member in found["Members"]:
        values = [f"{side} {member[side]!r}" for side in ("Preview", "Image") if side in member]
        print(" ", member["Member"], member["Verdict"], *values)
    verdicts = {member["Member"]: member["Verdict"] for member in found["Members"] if member["Verdict"] != "same"}
    surprises = [
        f"{member}: {verdicts.get(member, 'same')} instead of {expected.get(member, 'same')}"
        for member in sorted(verdicts.keys() | expected.keys())
        if verdicts.get(member) != expected.get(member)
    ]
    if surprises:
        print("not as expected:", *surprises, sep="\n  ")
    return not surprises and found["Result"] == "different"


def main():
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} path/to/ec2-register-image")
    os.environ["NO_PROXY"] = "127.0.0.1"
    # The server's line for each call says nothing here.
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    with emulator() as url:
        peer = Peer(None, url)
        request = request_of("foreseen", make_snapshot(peer))
        cases = (("/dev/xvda", OF_XVDA), ("/dev/sda1", OF_SDA1))
        held = [check(sys.argv[1], peer, with_root(request, device), expected) for device, expected in cases]
    if not all(held):
        sys.exit(1)
    print(f"all {len(held)} comparisons are as expected")


if __name__ == "__main__":
    main()
