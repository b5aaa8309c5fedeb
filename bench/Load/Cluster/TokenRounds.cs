using Ensemble.Load.Measuring;
using Ensemble.Load.Tokens;
using Ensemble.Load.Traffic;

namespace Ensemble.Load.Cluster;

/// <summary>Streams answers of several sides, there and back in each round; every caller asks for the same number of answers.</summary>
internal sealed class TokenRounds(IReadOnlyList<Side> sides, StubProbe stub, int rounds, int answers)
{
    public async Task<TokenCell> RunAsync(int streams, CancellationToken cancel)
    {
        var samples = sides.ToDictionary(side => side, _ => new List<TokenSample>());
        var processor = sides.ToDictionary(side => side, _ => new double[Side.Parts.Length]);
        try
        {
            for (var round = 0; round < rounds; round++)
            {
                foreach (var side in sides.Concat(sides.Reverse()))
                {
                    var before = side.Processor();
                    samples[side].AddRange(await StreamAsync(side, streams, answers, stub, cancel));
                    processor[side] = [.. processor[side].Zip(side.Processor().Zip(before, (now, then) => now - then), (sum, used) => sum + used)];
                }
            }
        }
        catch (LoadException problem)
        {
            return new TokenCell(streams, [], $"{streams} streams: {problem.Message}");
        }

        return new TokenCell(streams, [.. sides.Select(side => Sum(side.Name, samples[side], processor[side]))], Failure: null);
    }

    /// <summary>Callers begin spread over the length of an answer, so that their tokens do not come in step.</summary>
    /// <exception cref="LoadException">An answer is not what it should be, or other calls were made than its ensemble has.</exception>
    public static async Task<IReadOnlyList<TokenSample>> StreamAsync(Side side, int streams, int answers, StubProbe stub, CancellationToken cancel)
    {
        var before = await stub.CountsAsync(cancel);
        var length = TimeSpan.FromMilliseconds(Names.TokenCount * Names.TokenInterval);
        var samples = await Task.WhenAll(Enumerable.Range(0, streams).Select(async number =>
        {
            var caller = new TokenCaller(side.Load.Http, side.Load.Endpoint);
            await Task.Delay(length * number / streams, TimeProvider.System, cancel);
            var mine = new List<TokenSample>();
            for (var answer = 0; answer < answers; answer++)
            {
                mine.Add(await caller.AskAsync(cancel));
            }

            return mine;
        }));
        SlotRunner.EnsureCalls(side.Name, before, await stub.CountsAsync(cancel), streams * answers, Names.TokenPanel);
        return [.. samples.SelectMany(mine => mine)];
    }

    private static TokenFigures Sum(string side, List<TokenSample> samples, double[] processor) => new(
        side,
        samples.Count,
        Spread.Of(samples.SelectMany(sample => sample.Delays)),
        Spread.Of(samples.Select(sample => sample.Delays[0])),
        Spread.Of(samples.Select(sample => sample.FirstRead)),
        Side.Parts.Zip(processor).ToDictionary(part => part.First, part => part.Second / samples.Count));
}
