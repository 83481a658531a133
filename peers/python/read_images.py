"""Reads an answer to DescribeImages with botocore's own parser, and prints it as the AWS CLI does. Offline.

    .venv/bin/python peers/python/read_images.py tests/fixtures/images.xml | diff - tests/fixtures/images.json
"""

import json
import pathlib
import sys

import botocore.loaders
import botocore.model
import botocore.parsers


def read(body):
    description = botocore.loaders.Loader().load_service_model("ec2", "service-2")
    operation = botocore.model.ServiceModel(description, "ec2").operation_model("DescribeImages")
    response = {"body": body, "headers": {}, "status_code": 200, "context": {"operation_name": operation.name}}
    printed = botocore.parsers.EC2QueryParser().parse(response, operation.output_shape)
    del printed["ResponseMetadata"]
    return printed


def main():
    if len(sys.argv) != 2:
        sys.exit(f"usage: {sys.argv[0]} path/to/answer.xml")
    print(json.dumps(read(pathlib.Path(sys.argv[1]).read_bytes()), indent=4))


if __name__ == "__main__":
    main()
