namespace RealtimeGateway.Tests.Signing;

/// <summary>Requests that botocore 1.43.11 signed at 2026-09-25T00:03:04Z; written by botocore_requests.py.</summary>
internal static class BotocoreRequests
{
    public const string Json = """"
        [
         {
          "name": "PostToConnection",
          "method": "POST",
          "host": "gateway.example",
          "target": "/prod/@connections/L0SM9cOFvHcCIhwAb_-x%3D%3D",
          "headers": {
           "X-Amz-Date": "20260925T000304Z",
           "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260925/eu-central-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=2b7a855d2300169951bdc09be61f361bce224eb8ca664327f37d8ac00bd045c5",
           "amz-sdk-request": "attempt=1",
           "Content-Length": "18"
          },
          "body": "{\"hello\":\"w\u00f6rld\"}"
         },
         {
          "name": "GetConnection",
          "method": "GET",
          "host": "gateway.example",
          "target": "/prod/@connections/L0SM9cOFvHcCIhw%3D",
          "headers": {
           "X-Amz-Date": "20260925T000304Z",
           "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260925/eu-central-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=6f369ec22d29a35c71a4323137c81804b3ce217407be621d3f33eb765163118a",
           "amz-sdk-request": "attempt=1"
          },
          "body": ""
         },
         {
          "name": "DeleteConnection",
          "method": "DELETE",
          "host": "gateway.example",
          "target": "/prod/@connections/L0SM9cOFvHcCIhw%3D",
          "headers": {
           "X-Amz-Date": "20260925T000304Z",
           "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260925/eu-central-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=d57ad0cca81f033446e63e14e858326e61ccd5a7b4036403a503946ff48ccd60",
           "amz-sdk-request": "attempt=1",
           "Content-Length": "0"
          },
          "body": ""
         },
         {
          "name": "guide's form of the path",
          "method": "POST",
          "host": "gateway.example",
          "target": "/prod/%40connections/L0SM9cOFvHcCIhw%3D",
          "headers": {
           "X-Amz-Date": "20260925T000304Z",
           "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260925/eu-central-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=7d96fa0f40670d9bb8b633f51f4f6ee073130a80032d7999e0b731fc154a5671",
           "Content-Length": "1"
          },
          "body": "x"
         },
         {
          "name": "nothing encoded",
          "method": "POST",
          "host": "gateway.example",
          "target": "/prod/@connections/L0SM9cOFvHcCIhw==",
          "headers": {
           "X-Amz-Date": "20260925T000304Z",
           "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260925/eu-central-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=97ae894dad2016dab21600d803acdf4228ac71c26ba22103a73b7536dce0c848",
           "Content-Length": "1"
          },
          "body": "x"
         },
         {
          "name": "temporary credentials",
          "method": "POST",
          "host": "gateway.example",
          "target": "/prod/@connections/L0SM9cOFvHcCIhw%3D",
          "headers": {
           "X-Amz-Date": "20260925T000304Z",
           "X-Amz-Security-Token": "IQoJb3JpZ2luX2Vj//////////wEaCXVzLWVhc3QtMSJ=",
           "Authorization": "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE/20260925/eu-central-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=5ee401d565ba9fd4cd6ed52cc586a8a3ed142f920b575c572fe55afbba812c79",
           "Content-Length": "1"
          },
          "body": "x"
         },
         {
          "name": "declared hash",
          "method": "POST",
          "host": "gateway.example",
          "target": "/prod/@connections/a%3D",
          "headers": {
           "X-Amz-Content-SHA256": "230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5",
           "X-Amz-Date": "20260925T000304Z",
           "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260925/eu-central-1/execute-api/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=11d895ff01c63bfa859fbc92469efd27fc277c4f8bf7aa83cabcf661d5fd9253",
           "Content-Length": "4"
          },
          "body": "body"
         },
         {
          "name": "port",
          "method": "GET",
          "host": "127.0.0.1:8080",
          "target": "/prod/%40connections/a%3D",
          "headers": {
           "X-Amz-Date": "20260925T000304Z",
           "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260925/eu-central-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=06e2ade940a5159e65c0d5519ce5c97f53a6f28d0bc3336e7a5afc780dad287d"
          },
          "body": ""
         },
         {
          "name": "root without slash",
          "method": "GET",
          "host": "gateway.example",
          "target": "/",
          "headers": {
           "X-Amz-Date": "20260925T000304Z",
           "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260925/eu-central-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=229333203eb1ce8375631a0b28b14a4b0c546749ddcef4bd5a99cf6e70c1ee28"
          },
          "body": ""
         },
         {
          "name": "dot and empty segments",
          "method": "GET",
          "host": "gateway.example",
          "target": "/a//b/./c/../d/",
          "headers": {
           "X-Amz-Date": "20260925T000304Z",
           "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260925/eu-central-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=72454024f69f5405d20ac2b76f369d4e5303b70c8bc35ee3925ae5071d06060e"
          },
          "body": ""
         },
         {
          "name": "space and umlaut in the path",
          "method": "GET",
          "host": "gateway.example",
          "target": "/a%20b/%C3%BC/~x-y_z.",
          "headers": {
           "X-Amz-Date": "20260925T000304Z",
           "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260925/eu-central-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=6ecdba6ebc2493e56169ecf5ce480131fd54de8ed58481975f5bf565ddbb9c0f"
          },
          "body": ""
         },
         {
          "name": "sorted query",
          "method": "GET",
          "host": "gateway.example",
          "target": "/p?b=2&a=3&a=1&a-b=4&A=5",
          "headers": {
           "X-Amz-Date": "20260925T000304Z",
           "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260925/eu-central-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=027de0b562d2e0e4fc53f3c2a25ca9a7cf68b1f2eb84ff587d69435358130320"
          },
          "body": ""
         },
         {
          "name": "empty values",
          "method": "GET",
          "host": "gateway.example",
          "target": "/p?empty=&x=1",
          "headers": {
           "X-Amz-Date": "20260925T000304Z",
           "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260925/eu-central-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=f12ad7ef9cc3500e8d1d68b30827d73237d08ba5407dd5489000883e7ee32c50"
          },
          "body": ""
         },
         {
          "name": "encoded query",
          "method": "GET",
          "host": "gateway.example",
          "target": "/p?q=a%20b%2Fc%2B%C3%BC&%40=%3D",
          "headers": {
           "X-Amz-Date": "20260925T000304Z",
           "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260925/eu-central-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=d1aa8282e53df24782f89ae5f8906c3fee1b356614e9ad2fea8ee3ff7d1c2861"
          },
          "body": ""
         },
         {
          "name": "plus in the query",
          "method": "GET",
          "host": "gateway.example",
          "target": "/p?q=a+b",
          "headers": {
           "X-Amz-Date": "20260925T000304Z",
           "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260925/eu-central-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=0830985753fc4307d3ecd0c0c7d509bafbc58e3a4f1e939ab4b7013005ccd114"
          },
          "body": ""
         },
         {
          "name": "unencoded query",
          "method": "GET",
          "host": "gateway.example",
          "target": "/p?u=http://x/y:z&l=%2f",
          "headers": {
           "X-Amz-Date": "20260925T000304Z",
           "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260925/eu-central-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=bfed6f73ca71721d0c8b86549723d0c8048bbb1e093b4474822f90f61d8f0ebd"
          },
          "body": ""
         },
         {
          "name": "name without value",
          "method": "GET",
          "host": "gateway.example",
          "target": "/p?flag",
          "headers": {
           "X-Amz-Date": "20260925T000304Z",
           "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260925/eu-central-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=39fc8c767487d0504d73fc4b8daee021550b883b02f92a6a987f0e143ef2f45e"
          },
          "body": ""
         },
         {
          "name": "odd white space in a header",
          "method": "POST",
          "host": "gateway.example",
          "target": "/p",
          "headers": {
           "Content-Type": "text/plain;   charset=utf-8",
           "X-Odd": "  a \t b   c  ",
           "X-Amz-Date": "20260925T000304Z",
           "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260925/eu-central-1/execute-api/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-odd, Signature=52e93fb19cced1eb3f40b5ac55e8846d11bfcaafc4a7d7e21ecf26e5c99248e6",
           "Content-Length": "1"
          },
          "body": "b"
         },
         {
          "name": "control plane",
          "method": "POST",
          "host": "gateway.example",
          "target": "/v2/apis",
          "headers": {
           "Content-Type": "application/json",
           "X-Amz-Date": "20260925T000304Z",
           "Authorization": "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260925/eu-central-1/apigateway/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=6db1992ca8482b65c80874ba758b056aaffd1545b4062674571041caad71d56d",
           "Content-Length": "12"
          },
          "body": "{\"name\":\"a\"}"
         },
         {
          "name": "pre-signed WebSocket",
          "method": "GET",
          "host": "gateway.example",
          "target": "/prod?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260925%2Feu-central-1%2Fexecute-api%2Faws4_request&X-Amz-Date=20260925T000304Z&X-Amz-Expires=300&X-Amz-SignedHeaders=host&X-Amz-Signature=983b8c989fdd5e7371d33f6c6796d159ba7fd24d59fd77a1487f382eaf174a34",
          "headers": {},
          "body": ""
         },
         {
          "name": "pre-signed with a query",
          "method": "GET",
          "host": "gateway.example",
          "target": "/prod?room=a%20b&user=%C3%BC&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260925%2Feu-central-1%2Fexecute-api%2Faws4_request&X-Amz-Date=20260925T000304Z&X-Amz-Expires=604800&X-Amz-SignedHeaders=host&X-Amz-Signature=af32c0d274475ec77f20f3e2115ec6d3d22565cc6a903adb5f1db13f75980b49",
          "headers": {},
          "body": ""
         },
         {
          "name": "pre-signed with temporary credentials",
          "method": "GET",
          "host": "gateway.example",
          "target": "/prod?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIAEXAMPLE%2F20260925%2Feu-central-1%2Fexecute-api%2Faws4_request&X-Amz-Date=20260925T000304Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Security-Token=IQoJb3JpZ2luX2Vj%2F%2F%2F%2F%2F%2F%2F%2F%2F%2FwEaCXVzLWVhc3QtMSJ%3D&X-Amz-Signature=18ec87c0523108b89b05ccb3c1e96d3494fd05bfb3ce7af787d30b8996e69a93",
          "headers": {},
          "body": ""
         }
        ]
        """";
}
