using BenchmarkDotNet.Running;

// dotnet run -c Release --project benchmarks/RealtimeGateway.Benchmarks -- --filter '*MessageRead*'
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
