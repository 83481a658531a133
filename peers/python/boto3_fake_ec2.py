"""Sends requests to the emulator `ec2-register-image serve` with boto3 and the AWS CLI, which must take its answers for EC2's.

    cargo build -p ec2-register-image-cli
    .venv/bin/python peers/python/boto3_fake_ec2.py target/debug/ec2-register-image
"""

import contextlib
import io
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

import awscli.clidriver
import boto3
import botocore.config
import botocore.exceptions

TIMEOUT = 20
TIMEOUT_OF_ALL = 900
CASES = pathlib.Path(__file__).parents[2] / "tests/fixtures/requests.json"

# What EC2 answers to the cases that it refuses, by their ids.
CODES = {
    "name-too-short": "InvalidAMIName.Malformed",
    "name-colon-timestamp": "InvalidAMIName.Malformed",
    "arch-aarch64": "InvalidParameterValue",
    "bootmode-bios": "InvalidParameterValue",
    "virt-empty": "InvalidParameterValue",
    "dup-device": "InvalidBlockDeviceMapping",
    "encrypted-true-with-snapshot": "InvalidParameter",
    "tpm-uefi-preferred": "InvalidParameterValue",
    "imds-v1": "InvalidParameterValue",
    "tags-wrong-resource": "InvalidParameterValue",
    "description-256": "InvalidParameterValue",
}


@contextlib.contextmanager
def fake_ec2(*arguments):
    """The server, stopped whatever happens; its URL."""
    server = subprocess.Popen([sys.argv[1], "serve", *arguments], stdout=subprocess.PIPE, text=True)
    try:
        yield server.stdout.readline().removeprefix("listening on ").strip()
    finally:
        server.kill()
        server.wait()
        server.stdout.close()


def client(url, attempts=1, read_timeout=TIMEOUT, region="eu-west-1"):
    retries = {"total_max_attempts": attempts, "mode": "standard"}
    config = botocore.config.Config(
        connect_timeout=5, read_timeout=read_timeout, retries=retries, parameter_validation=False
    )
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    return boto3.client("ec2", region_name=region, endpoint_url=url, config=config, **keys)


def request_of(name, **members):
    return {
        "Name": name,
        "Architecture": "arm64",
        "VirtualizationType": "hvm",
        "RootDeviceName": "/dev/xvda",
        "EnaSupport": True,
        "BlockDeviceMappings": [
            {"DeviceName": "/dev/xvda", "Ebs": {"SnapshotId": "snap-0123456789abcdef0", "VolumeType": "gp3"}},
        ],
        **members,
    }


def refused(call, **parameters):
    """Status, code and message of the error that a call ends with."""
    try:
        answer = call(**parameters)
    except botocore.exceptions.ClientError as error:
        assert error.response["ResponseMetadata"]["RequestId"], error.response
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return status, error.response["Error"]["Code"], error.response["Error"]["Message"]
    raise AssertionError(answer)


def life_of_an_image():
    with fake_ec2() as url:
        ec2 = client(url)
        tags = [{"Key": "Stage", "Value": "a <&> 'ü'"}]
        request = request_of("web (1)", TagSpecifications=[{"ResourceType": "image", "Tags": tags}])
        answer = ec2.register_image(**request)
        image_id = answer["ImageId"]
        assert answer["ResponseMetadata"]["RequestId"], answer
        ec2.get_waiter("image_available").wait(ImageIds=[image_id])
        ec2.get_waiter("image_exists").wait(ImageIds=[image_id])
        for filters in ([], [{"Name": "name", "Values": ["web*"]}]):
            (image,) = ec2.describe_images(Owners=["self"], Filters=filters)["Images"]
            assert image["ImageId"] == image_id, image
        assert ec2.describe_images(Filters=[{"Name": "name", "Values": ["web"]}])["Images"] == []
        expected = {
            "Name": "web (1)",
            "Architecture": "arm64",
            "VirtualizationType": "hvm",
            "RootDeviceName": "/dev/xvda",
            "RootDeviceType": "ebs",
            "EnaSupport": True,
            "State": "available",
            "Public": False,
            "OwnerId": "123456789012",
            "Tags": tags,
        }
        assert expected.items() <= image.items(), image
        ebs = {"SnapshotId": "snap-0123456789abcdef0", "VolumeType": "gp3", "Iops": 3000, "Throughput": 125}
        assert image["BlockDeviceMappings"] == [
            {"DeviceName": "/dev/xvda", "Ebs": {**ebs, "DeleteOnTermination": True}}
        ], image
        (snapshot,) = ec2.describe_snapshots(SnapshotIds=["snap-0123456789abcdef0"])["Snapshots"]
        assert snapshot["State"] == "completed", snapshot

        in_use = f"AMI name web (1) is already in use by AMI {image_id}"
        assert refused(ec2.register_image, **request) == (400, "InvalidAMIName.Duplicate", in_use)
        assert ec2.deregister_image(ImageId=image_id)["Return"] is True
        missing = f"The image id '[{image_id}]' does not exist"
        for call in (lambda: ec2.describe_images(ImageIds=[image_id]), lambda: ec2.deregister_image(ImageId=image_id)):
            assert refused(call) == (400, "InvalidAMIID.NotFound", missing)
        assert ec2.register_image(**request)["ImageId"] != image_id


def mistakes():
    with fake_ec2() as url:
        ec2 = client(url)
        malformed = "AMI names must be between 3 and 128 characters long, and may contain letters, numbers, '(', ')', '.', "
        malformed += "'-', '/' and '_'"
        assert refused(ec2.register_image, **request_of("a:b")) == (400, "InvalidAMIName.Malformed", malformed)
        request = request_of("encrypted")
        request["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] = True
        status, code, message = refused(ec2.register_image, **request)
        assert (status, code) == (400, "InvalidParameter"), code
        assert message.startswith("Parameter encrypted is invalid. You cannot specify the encrypted flag"), message
        passed = (412, "DryRunOperation", "Request would have succeeded, but DryRun flag is set.")
        assert refused(ec2.register_image, **request_of("dry run", DryRun=True)) == passed
        assert refused(ec2.register_image)[1] == "MissingParameter"
        assert ec2.describe_images()["Images"] == []


def faults():
    """What boto3 makes of them: it sends again, as it does to EC2, and an answer that was lost becomes a duplicate."""
    for fault, code in (
        ("throttle", None),
        ("500", None),
        ("drop-before", None),
        ("500-after", "InvalidAMIName.Duplicate"),
        ("drop-after", "InvalidAMIName.Duplicate"),
        ("late:3000", "InvalidAMIName.Duplicate"),
    ):
        with fake_ec2("--faults", fault) as url:
            ec2 = client(url, attempts=2, read_timeout=1 if fault.startswith("late") else TIMEOUT)
            if code:
                assert refused(ec2.register_image, **request_of("web"))[1] == code, fault
            else:
                ec2.register_image(**request_of("web"))
            assert len(ec2.describe_images()["Images"]) == 1, fault
    with fake_ec2("--faults", "hide:1") as url:
        ec2 = client(url)
        image_id = ec2.register_image(**request_of("web"))["ImageId"]
        assert refused(ec2.describe_images, ImageIds=[image_id])[1] == "InvalidAMIID.NotFound"
        assert len(ec2.describe_images(ImageIds=[image_id])["Images"]) == 1


def settings_and_regions():
    with fake_ec2("--faults", "deny:GetEbsDefaultKmsKeyId") as url:
        ec2 = client(url)
        assert ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is False
        denied = (403, "UnauthorizedOperation", "You are not authorized to perform this operation.")
        assert refused(ec2.get_ebs_default_kms_key_id) == denied
        snapshot = {"SnapshotId": "snap-0123456789abcdef0"}
        attribute = ec2.describe_snapshot_attribute(Attribute="productCodes", **snapshot)
        assert attribute["ProductCodes"] == [] and attribute["SnapshotId"] == snapshot["SnapshotId"], attribute
        image_id = ec2.register_image(**request_of("web"))["ImageId"]
        other = client(url, region="ap-northeast-1")
        assert other.describe_images(Owners=["self"])["Images"] == []
        assert other.register_image(**request_of("web"))["ImageId"] != image_id
        assert refused(ec2.register_image, **request_of("web"))[1] == "InvalidAMIName.Duplicate"
    with fake_ec2() as url:
        assert client(url).get_ebs_default_kms_key_id()["KmsKeyId"] == "alias/aws/ebs"


def waiting():
    """boto3's waiters wait for what is pending, and its paginators read every page."""
    with fake_ec2("--faults", "pending:2,ok,failed,ok,ok,ok,ok,DescribeSnapshots:pending:2") as url:
        ec2 = client(url)
        snapshot = {"SnapshotIds": ["snap-0123456789abcdef0"]}
        assert ec2.describe_snapshots(**snapshot)["Snapshots"][0]["Progress"] == "0%"
        assert ec2.describe_snapshots(**snapshot)["Snapshots"][0]["Progress"] == "50%"
        ec2.get_waiter("snapshot_completed").wait(**snapshot, WaiterConfig={"Delay": 1, "MaxAttempts": 1})
        image_ids = [ec2.register_image(**request_of(f"web{number}"))["ImageId"] for number in range(7)]
        ec2.get_waiter("image_available").wait(ImageIds=image_ids[:1], WaiterConfig={"Delay": 1, "MaxAttempts": 3})
        (failed,) = ec2.describe_images(ImageIds=image_ids[2:3])["Images"]
        assert (failed["State"], failed["StateReason"]["Code"]) == ("failed", "Server.InternalError"), failed
        pages = list(ec2.get_paginator("describe_images").paginate(PaginationConfig={"PageSize": 5}))
        assert [len(page["Images"]) for page in pages] == [5, 2], pages


def sent_by_the_cli(url, file):
    """What the AWS CLI's own entry point does: exit code, standard output and standard error."""
    command = ["ec2", "register-image", "--endpoint-url", url, "--cli-input-json", f"file://{file}"]
    out, err = io.StringIO(), io.StringIO()
    # In this process, which has read its modules already: a process a case takes four times as long.
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = awscli.clidriver.create_clidriver().main(command)
    return code, out.getvalue(), err.getvalue()


def command_line():
    """Every case of the fixture that EC2 takes or refuses, sent by the AWS CLI."""
    cases = [case for case in json.loads(CASES.read_text(encoding="utf-8")) if case["expect"] in ("accept", "error")]
    with tempfile.TemporaryDirectory() as folder:
        config = pathlib.Path(folder, "config")
        # Else the CLI refuses some by itself.
        config.write_text("[default]\nparameter_validation = false\n", encoding="utf-8")
        os.environ |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
        os.environ |= {"AWS_CONFIG_FILE": str(config), "AWS_DEFAULT_REGION": "eu-west-1", "AWS_MAX_ATTEMPTS": "1"}
        for case in cases:
            file = pathlib.Path(folder, "request.json")
            file.write_text(json.dumps(case["request"]), encoding="utf-8")
            with fake_ec2() as url:
                code, out, err = sent_by_the_cli(url, file)
            if case["expect"] == "accept":
                assert code == 0, (case["id"], err)
                assert json.loads(out)["ImageId"].startswith("ami-"), out
            else:
                said = f"An error occurred ({CODES[case['id']]}) when calling the RegisterImage operation: "
                assert code != 0 and said in err, (case["id"], err)
    print(f"{len(cases)} requests sent by the AWS CLI")


def main():
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} path/to/ec2-register-image")
    signal.alarm(TIMEOUT_OF_ALL)
    os.environ["NO_PROXY"] = "127.0.0.1"
    parts = (life_of_an_image, mistakes, faults, settings_and_regions, waiting, command_line)
    for part in parts:
        start = time.monotonic()
        part()
        print(f"{part.__name__}: {time.monotonic() - start:.1f} s")
    print(f"all {len(parts)} parts hold")


if __name__ == "__main__":
    main()
