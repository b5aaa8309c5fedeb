using System.Diagnostics;
using System.Globalization;
using System.Text;
using Ensemble.Load.Measuring;
using Ensemble.Load.Processes;
using Ensemble.Load.Reports;

namespace Ensemble.Load.Gate;

/// <summary>What a gate costs a sub-call, and how much one hot gate carries: the product's beside those that .NET has.</summary>
internal static class GateRun
{
    private const int Rounds = 7;
    private const int Calls = 200_000;
    private const int Callers = 64;

    public static async Task<int> ExecuteAsync(CancellationToken cancel)
    {
        IGateSubject[] subjects = [new LimiterGate(all: false), new LimiterGate(all: true), new ProductGate()];
        var figures = subjects.ToDictionary(subject => subject, _ => new List<Figure>());
        for (var round = -1; round < Rounds; round++)
        {
            // Each comes first in some rounds, so that what a round does to the machine is nobody's alone; the first round warms up.
            foreach (var subject in subjects.Skip((round + 1) % subjects.Length).Concat(subjects.Take((round + 1) % subjects.Length)))
            {
                cancel.ThrowIfCancellationRequested();
                var figure = await MeasureAsync(subject);
                if (round >= 0)
                {
                    figures[subject].Add(figure);
                }
            }
        }

        var report = Write(figures, await MachineFacts.ReadAsync(product: null, cancel));
        var file = Path.Combine(ProductFiles.Repository(), "bench", "results", $"gate-{TimeProvider.System.GetLocalNow():yyyy-MM-dd}.md");
        await File.WriteAllTextAsync(file, report, cancel);
        await Console.Out.WriteLineAsync(report);
        foreach (var subject in subjects)
        {
            await subject.DisposeAsync();
        }

        return 0;
    }

    private static async Task<Figure> MeasureAsync(IGateSubject subject)
    {
        GC.Collect();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        await PassAsync(subject, Calls);
        var alone = Stopwatch.GetElapsedTime(started);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;

        started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(() => PassAsync(subject, Calls / Callers))));
        var together = Stopwatch.GetElapsedTime(started);
        return new Figure(alone.TotalMicroseconds / Calls, (double)allocated / Calls, Calls / together.TotalSeconds);
    }

    // Nothing in it waits for anything, so that it stays on one thread and its allocations can be counted.
    private static async Task PassAsync(IGateSubject subject, int calls)
    {
        for (var call = 0; call < calls; call++)
        {
            if (!await subject.PassAsync())
            {
                throw new LoadException($"{subject.Name} refused a call.");
            }
        }
    }

    private static string Write(Dictionary<IGateSubject, List<Figure>> figures, MachineFacts machine)
    {
        var table = new MarkdownTable("gate", "µs a sub-call", "bytes a sub-call", $"sub-calls/s, {Callers} callers", "rounds from … to");
        foreach (var (subject, rounds) in figures)
        {
            var together = rounds.Select(round => round.PerSecond).ToList();
            table.Add(
                subject.Name,
                Statistics.Median(rounds.Select(round => round.Microseconds)).ToString("0.00", CultureInfo.InvariantCulture),
                Statistics.Median(rounds.Select(round => round.Bytes)).ToString("0", CultureInfo.InvariantCulture),
                Thousands(Statistics.Median(together)),
                $"{Thousands(together.Min())} … {Thousands(together.Max())}");
        }

        return new StringBuilder()
            .Append("# Gate: one hot model, beside System.Threading.RateLimiting\n\n")
            .Append(CultureInfo.InvariantCulture, $"- date: {TimeProvider.System.GetLocalNow():yyyy-MM-dd HH:mm}, commit {machine.Commit}\n")
            .Append(CultureInfo.InvariantCulture, $"- machine: {machine.Processor}, {machine.Cores} cores, {machine.System}, {machine.Runtime}\n")
            .Append("- command: `dotnet run -c Release --project bench/Load -- gate`\n\n")
            .Append(table)
            .Append(CultureInfo.InvariantCulture, $"""

                A sub-call passes the gate twice: in, and out with its outcome. Medians of {Rounds} rounds of {Calls:N0} calls, the subjects in turn, after a
                round that is not counted. The product's gate holds four limits and a cooldown, gives leases that expire and are renewed, settles
                tokens with what was used, and is saved every second; the limiters of .NET admit, and know nothing of the rest.

                """)
            .ToString();
    }

    private static string Thousands(double number) => number.ToString("N0", CultureInfo.InvariantCulture);

    private readonly record struct Figure(double Microseconds, double Bytes, double PerSecond);
}
