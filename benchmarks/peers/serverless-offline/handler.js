// The gateway's MOCK routes as functions: an emulator has no others.
"use strict";

exports.connect = async () => ({ statusCode: 200 });
exports.echo = async (event) => ({ statusCode: 200, body: event.body });
exports.hello = async (event) => ({ statusCode: 200, body: JSON.stringify({ connectionId: event.requestContext.connectionId }) });
