"""Prints the skeleton of a request as `aws ec2 register-image --generate-cli-skeleton` does: offline, without credentials.

    .venv/bin/python peers/python/cli_skeleton.py > tests/fixtures/cli-skeleton.json
"""

import os
import random
import sys


def main():
    # Nothing of the caller's own configuration may have a say. The CLI sets variables of its own when it is imported.
    for variable in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[variable]
    os.environ.update(AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
    from awscli.clidriver import create_clidriver

    # The CLI shows any one value of an enumeration. The first one makes the output the same each time.
    random.choice = lambda values: values[0]
    return create_clidriver().main(["ec2", "register-image", "--region", "us-east-1", "--generate-cli-skeleton"])


if __name__ == "__main__":
    sys.exit(main())
