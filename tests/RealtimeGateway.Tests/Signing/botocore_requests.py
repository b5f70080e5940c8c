"""Writes BotocoreRequests.cs: requests as botocore, the AWS SDK for Python, signs them at a fixed time.

Run it again with `python3 botocore_requests.py > BotocoreRequests.cs`; the times are fixed, so that only a change in botocore changes the file.
"""

import datetime
import hashlib
import json

import botocore
import botocore.auth
import botocore.session
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

NOW = datetime.datetime(2026, 9, 25, 0, 3, 4, tzinfo=datetime.timezone.utc)
KEY = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
TEMPORARY = Credentials("ASIAEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "IQoJb3JpZ2luX2Vj//////////wEaCXVzLWVhc3QtMSJ=")


class FixedDatetime(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return NOW if tz else NOW.replace(tzinfo=None)

    @classmethod
    def utcnow(cls):
        return NOW.replace(tzinfo=None)


botocore.auth.datetime.datetime = FixedDatetime
if hasattr(botocore.auth, "get_current_datetime"):
    botocore.auth.get_current_datetime = lambda remove_tzinfo=True: NOW.replace(tzinfo=None) if remove_tzinfo else NOW

rows = []


def add(name, request, body):
    prepared = request.prepare()
    host, _, target = prepared.url.split("://", 1)[1].partition("/")
    headers = {}
    for key, value in prepared.headers.items():
        headers[key] = value.decode() if isinstance(value, bytes) else value
    rows.append({"name": name, "method": prepared.method, "host": headers.pop("Host", host), "target": "/" + target, "headers": headers, "body": body})


def sign(name, method, url, body="", headers=None, credentials=KEY, service="execute-api", region="eu-central-1"):
    request = AWSRequest(method=method, url=url, data=body, headers=headers or {})
    botocore.auth.SigV4Auth(credentials, service, region).add_auth(request)
    add(name, request, body)


def presign(name, method, url, expires, credentials=KEY, headers=None):
    request = AWSRequest(method=method, url=url, headers=headers or {})
    botocore.auth.SigV4QueryAuth(credentials, "execute-api", "eu-central-1", expires=expires).add_auth(request)
    add(name, request, "")


def client_calls():
    """What the real client sends, caught after it has signed."""
    session = botocore.session.Session()
    session.set_credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    client = session.create_client("apigatewaymanagementapi", region_name="eu-central-1", endpoint_url="https://gateway.example/prod")
    caught = []

    class Caught(Exception):
        pass

    def catch(request, **_):
        caught.append(request)
        raise Caught

    client.meta.events.register("before-send", catch)
    for name, call in [
        ("PostToConnection", lambda: client.post_to_connection(ConnectionId="L0SM9cOFvHcCIhwAb_-x==", Data=b'{"hello":"w\xc3\xb6rld"}')),
        ("GetConnection", lambda: client.get_connection(ConnectionId="L0SM9cOFvHcCIhw=")),
        ("DeleteConnection", lambda: client.delete_connection(ConnectionId="L0SM9cOFvHcCIhw=")),
    ]:
        try:
            call()
        except Caught:
            pass
        prepared = caught.pop()
        host, _, target = prepared.url.split("://", 1)[1].partition("/")
        headers = {k: v.decode() if isinstance(v, bytes) else v for k, v in prepared.headers.items()}
        # Random per run, and not signed.
        headers.pop("amz-sdk-invocation-id", None)
        headers.pop("User-Agent", None)
        rows.append({
            "name": name, "method": prepared.method, "host": headers.pop("Host", host), "target": "/" + target, "headers": headers,
            "body": prepared.body.decode() if prepared.body else "",
        })


BASE = "https://gateway.example"
client_calls()
sign("guide's form of the path", "POST", BASE + "/prod/%40connections/L0SM9cOFvHcCIhw%3D", "x")
sign("nothing encoded", "POST", BASE + "/prod/@connections/L0SM9cOFvHcCIhw==", "x")
sign("temporary credentials", "POST", BASE + "/prod/@connections/L0SM9cOFvHcCIhw%3D", "x", credentials=TEMPORARY)
sign("declared hash", "POST", BASE + "/prod/@connections/a%3D", "body", {"X-Amz-Content-SHA256": hashlib.sha256(b"body").hexdigest()})
sign("port", "GET", "http://127.0.0.1:8080/prod/%40connections/a%3D")
sign("root without slash", "GET", BASE)
sign("dot and empty segments", "GET", BASE + "/a//b/./c/../d/")
sign("space and umlaut in the path", "GET", BASE + "/a%20b/%C3%BC/~x-y_z.")
sign("sorted query", "GET", BASE + "/p?b=2&a=3&a=1&a-b=4&A=5")
sign("empty values", "GET", BASE + "/p?empty=&x=1")
sign("encoded query", "GET", BASE + "/p?q=a%20b%2Fc%2B%C3%BC&%40=%3D")
sign("plus in the query", "GET", BASE + "/p?q=a+b")
sign("unencoded query", "GET", BASE + "/p?u=http://x/y:z&l=%2f")
sign("name without value", "GET", BASE + "/p?flag")
sign("odd white space in a header", "POST", BASE + "/p", "b", {"Content-Type": "text/plain;   charset=utf-8", "X-Odd": "  a \t b   c  "})
sign("control plane", "POST", BASE + "/v2/apis", '{"name":"a"}', {"Content-Type": "application/json"}, service="apigateway")
presign("pre-signed WebSocket", "GET", BASE + "/prod", 300)
presign("pre-signed with a query", "GET", BASE + "/prod?room=a%20b&user=%C3%BC", 604800)
presign("pre-signed with temporary credentials", "GET", BASE + "/prod", 900, TEMPORARY)

print("namespace RealtimeGateway.Tests.Signing;\n")
print("/// <summary>Requests that botocore " + botocore.__version__ + " signed at 2026-09-25T00:03:04Z; written by botocore_requests.py.</summary>")
print("internal static class BotocoreRequests\n{")
print('    public const string Json = """"')
for line in json.dumps(rows, indent=1, ensure_ascii=True).splitlines():
    print("        " + line)
print('        """";\n}')
