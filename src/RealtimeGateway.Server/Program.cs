using RealtimeGateway.Server;

// serve (the default), check, schema; each is told in GatewayProgram.
return await CommandLine.Create(GatewayProgram.ServeAsync, GatewayProgram.Check, GatewayProgram.Schema)
    .Parse(args)
    .InvokeAsync(CommandLine.Invocation);
