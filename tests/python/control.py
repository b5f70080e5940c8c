"""Any operation of apigatewayv2, apigateway or sts through boto3, driven by JSON lines.

Options: --endpoint URL, --region NAME (us-east-1).
Credentials come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.

Commands, each answered by one line on stdout:
  {"operation": "create_api", "arguments": {..}, "service"?: "apigatewayv2"}
    {"event": "result", "status", "value"} or {"event": "failure", "status", "code", "message"}; times as ISO text
  {"paginate": "get_routes", "arguments": {..}, "size": 2}
    {"event": "result", "value": [items of all pages]}
The process ends when stdin does.
"""

import argparse
import json
import os
import sys

os.environ["AWS_EC2_METADATA_DISABLED"] = "true"

import boto3  # noqa: E402  (reads the environment)
from botocore.config import Config  # noqa: E402
from botocore.exceptions import ClientError, ParamValidationError  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("--endpoint", required=True)
parser.add_argument("--region", default="us-east-1")
given = parser.parse_args()

clients = {}


def client(service):
    if service not in clients:
        clients[service] = boto3.client(
            service, endpoint_url=given.endpoint, region_name=given.region,
            aws_access_key_id=os.environ["AWS_ACCESS_KEY_ID"], aws_secret_access_key=os.environ["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=os.environ.get("AWS_SESSION_TOKEN") or None,
            config=Config(retries={"total_max_attempts": 1}, proxies={}))
    return clients[service]


def run(command):
    service = client(command.get("service", "apigatewayv2"))
    arguments = command.get("arguments", {})
    try:
        if "paginate" in command:
            pages = service.get_paginator(command["paginate"]).paginate(PaginationConfig={"PageSize": command["size"]}, **arguments)
            return {"event": "result", "value": [item for page in pages for item in page.get("Items", [])]}
        answer = getattr(service, command["operation"])(**arguments)
        metadata = answer.pop("ResponseMetadata")
        return {"event": "result", "status": metadata["HTTPStatusCode"], "value": answer}
    except ClientError as error:
        answer = error.response
        return {
            "event": "failure", "status": answer["ResponseMetadata"]["HTTPStatusCode"], "code": answer["Error"]["Code"],
            "message": answer["Error"].get("Message"),
        }
    except ParamValidationError as error:
        return {"event": "failure", "status": 0, "code": "ParamValidationError", "message": str(error)}


for line in sys.stdin:
    print(json.dumps(run(json.loads(line)), default=lambda value: value.isoformat()), flush=True)
