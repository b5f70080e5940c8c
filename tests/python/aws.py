"""@connections through boto3, and handshakes signed by botocore, driven by JSON lines.

Options: --endpoint URL (with the stage), --region NAME (us-east-1).
Credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.

Commands, each answered by one line on stdout:
  {"command": "post", "connectionId", "text"}, {"command": "get" | "delete", "connectionId"}
    {"event": "result", "status", "value"?} or {"event": "failure", "status", "code", "message", "type"}
  {"command": "sign", "url"}      {"event": "signed", "headers": {..}}     a GET of url, signed in headers
  {"command": "presign", "url"}   {"event": "presigned", "url"}            the same as a pre-signed URL, good for a minute
The process ends when stdin does.
"""

import argparse
import json
import os
import sys

os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

import boto3  # noqa: E402  (reads the environment)
from botocore.auth import SigV4Auth, SigV4QueryAuth  # noqa: E402
from botocore.awsrequest import AWSRequest  # noqa: E402
from botocore.config import Config  # noqa: E402
from botocore.credentials import Credentials  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--endpoint", required=True)
parser.add_argument("--region", default="us-east-1")
given = parser.parse_args()

key = Credentials(
    os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"], os.environ.get("AWS_SESSION_TOKEN") or None)
client = boto3.client(
    "apigatewaymanagementapi", endpoint_url=given.endpoint, region_name=given.region,
    aws_access_key_id=key.access_key, aws_secret_access_key=key.secret_key, aws_session_token=key.token,
    config=Config(retries={"total_max_attempts": 1}, proxies={}))


def call(name, request):
    arguments = {"ConnectionId": request["connectionId"]}
    if name == "post":
        arguments["Data"] = request["text"].encode()
    operation = {"post": client.post_to_connection, "get": client.get_connection, "delete": client.delete_connection}[name]
    try:
        answer = operation(**arguments)
    except ClientError as error:
        meta = error.response["ResponseMetadata"]
        return {
            "event": "failure", "status": meta["HTTPStatusCode"], "code": error.response["Error"]["Code"],
            "message": error.response["Error"].get("Message"), "type": meta["HTTPHeaders"].get("x-amzn-errortype"),
        }
    meta = answer.pop("ResponseMetadata")
    return {"event": "result", "status": meta["HTTPStatusCode"], "value": json.loads(json.dumps(answer, default=str))}


def sign(request):
    signed = AWSRequest("GET", request["url"])
    SigV4Auth(key, "execute-api", given.region).add_auth(signed)
    return {"event": "signed", "headers": dict(signed.headers.items())}


def presign(request):
    signed = AWSRequest("GET", request["url"])
    SigV4QueryAuth(key, "execute-api", given.region, expires=60).add_auth(signed)
    return {"event": "presigned", "url": signed.url}


commands = {"sign": sign, "presign": presign}
for line in sys.stdin:
    command = json.loads(line)
    name = command["command"]
    print(json.dumps(commands[name](command) if name in commands else call(name, command)), flush=True)
