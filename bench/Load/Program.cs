using System.Runtime.InteropServices;
using Ensemble.Load.Baseline;
using Ensemble.Load.Cluster;
using Ensemble.Load.Failures;
using Ensemble.Load.Ledger;
using Ensemble.Load.Proxies;
using Ensemble.Load.Stub;

namespace Ensemble.Load;

internal static class Program
{
    private static readonly string[] Verbs =
        ["run", "aims", "soak", "ledger", "cluster", "stream", "failures", "stub", "baseline", "yarp"];

    private static async Task<int> Main(string[] args)
    {
        if (!OperatingSystem.IsLinux())
        {
            await Console.Error.WriteLineAsync("The load benchmark reads /proc and sleeps with clock_nanosleep: it runs on Linux only.");
            return 2;
        }

        var (verb, rest) = args is [var first, .. var others] && Verbs.Contains(first) ? (first, others) : ("run", args);
        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, stop));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stop));
        try
        {
            switch (verb)
            {
                case "stub":
                    await StubServer.RunAsync(new Uri(Argument(rest, "--urls")), stop.Token);
                    return 0;
                case "baseline":
                    await BaselineGateway.RunAsync(Argument(rest, "--urls"), new Uri(Argument(rest, "--stub")), stop.Token);
                    return 0;
                case "yarp":
                    await YarpProxy.RunAsync(Argument(rest, "--urls"), new Uri(Argument(rest, "--stub")), stop.Token);
                    return 0;
                case "ledger":
                    return await new LedgerRun(LedgerOptions.Parse(rest), stop.Token).ExecuteAsync();
                case "cluster":
                    return await new ClusterRun(ClusterOptions.Parse(rest), stop.Token).ExecuteAsync();
                case "stream":
                    return await new StreamRun(ClusterOptions.Parse(rest), stop.Token).ExecuteAsync();
                case "failures":
                    return await new FailuresRun(FailuresOptions.Parse(rest), stop.Token).ExecuteAsync();
                default:
                    using (var run = new BenchmarkRun(RunOptions.Parse(verb, rest), stop.Token))
                    {
                        return await run.ExecuteAsync();
                    }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 130;
        }
        catch (LoadException problem)
        {
            await Console.Error.WriteLineAsync(problem.Message);
            return 1;
        }
    }

    private static void Stop(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true;
        stop.Cancel();
    }

    private static string Argument(string[] args, string name)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : throw new LoadException($"{name} is missing.");
    }
}
