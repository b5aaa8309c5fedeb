using Ensemble.Catalog;
using Ensemble.Catalog.Reading;
using Ensemble.Chat;
using Ensemble.Upstreams;

namespace Ensemble.Models;

/// <summary>
/// Asks a model for a word or two, or an embedding model for a vector, past its gate and without retries, to see whether it is configured
/// as its provider wants it. What that costs is a few tokens.
/// </summary>
public sealed class ModelProbe(IReadOnlyDictionary<ProviderKind, IUpstream> upstreams, ISecrets secrets, TimeProvider time) : IModelProbe
{
    /// <summary>Bounds a probe of one model: 10 s.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>Models that are asked at once.</summary>
    private const int MaxConcurrency = 8;

    private const int MaxShown = 300;

    /// <summary>A call learns of a few refused parameters; with what it learned a second one may pass.</summary>
    private const int Rounds = 2;

    private static readonly ChatRequest Question = ChatRequestParser.Parse(
        """
        {"model":"probe","messages":[{"role":"user","content":"Say OK."}],"stream":true,"stream_options":{"include_usage":true},
        "max_tokens":16,"temperature":0.5,"seed":7,"top_p":0.9,"stop":["§§§"]}
        """u8.ToArray(),
        ChatLimits.Default);

    private static readonly string[] Texts = ["Say OK."];

    public async Task<IReadOnlyList<ProbeReport>> ProbeAsync(ReadOnlyMemory<byte> catalog, CancellationToken cancellationToken)
    {
        var result = CatalogReader.Read(catalog, revision: 0, secrets: null, CatalogOrigin.Store);
        var snapshot = result.Snapshot ?? throw new CatalogException("What is to be probed", result.Errors, result.Warnings);
        List<ModelConfig> models = [.. snapshot.Models.Values.OrderBy(static model => model.DisplayName, StringComparer.Ordinal)];
        var reports = new ProbeReport[models.Count];
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxConcurrency, CancellationToken = cancellationToken };
        await Parallel.ForAsync(
            0, models.Count, options, async (index, cancel) => reports[index] = await ProbeAsync(models[index], cancel));
        return reports;
    }

    public async Task<ProbeReport> ProbeAsync(ModelConfig model, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        using var limit = new CancellationTokenSource(Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var call = new Call(time);
        UpstreamResult result;
        var round = 1;
        do
        {
            result = await upstreams[model.Provider].SendAsync(
                new UpstreamRequest
                {
                    Model = model,
                    Chat = Question,
                    Edits = new RequestEdits(),
                    Inputs = model.Kind == ModelKind.Embedding ? Texts : null,
                    Sink = model.Kind == ModelKind.Embedding ? null : call,
                    Watch = call,
                },
                linked.Token);
        }
        while (round++ < Rounds && result is { Outcome: CallOutcome.RequestRejected, DroppedParameters.Count: > 0 });

        cancellationToken.ThrowIfCancellationRequested();
        var timedOut = result.Outcome == CallOutcome.Cancelled;
        return Report(
            model, result with { Outcome = timedOut ? CallOutcome.TimedOut : result.Outcome }, call.FirstToken,
            time.GetElapsedTime(started));
    }

    private ProbeReport Report(ModelConfig model, UpstreamResult result, TimeSpan? firstToken, TimeSpan total)
    {
        var secret = model.ApiKey is { } reference && secrets.TryResolve(reference, out var found) ? found : null;
        var isAnswered = result.Error is null || result.Error.Status is not null || firstToken is not null;
        return new ProbeReport
        {
            Model = model.DisplayName,
            Outcome = result.Outcome,
            Reachable = result.Outcome switch
            {
                _ when isAnswered => true,
                CallOutcome.TransportError or CallOutcome.TimedOut => false,
                _ => null,
            },
            KeyAccepted = result.Outcome switch
            {
                CallOutcome.AuthenticationFailed => false,
                CallOutcome.ServerError or CallOutcome.NotFound => null,
                _ => isAnswered && model.ApiKey is not null ? true : null,
            },
            Answer = result.Answer?.Vectors is [var vector, ..]
                ? $"A vector of {vector.Length} numbers."
                : Shown(result.Answer?.Content, secret),
            DroppedParameters = result.DroppedParameters,
            ReportsUsage = result.Usage is not null,
            FirstToken = firstToken,
            Total = total,
            Status = result.Error?.Status,
            Error = result.Outcome == CallOutcome.TimedOut
                ? $"No answer within {Timeout.TotalSeconds} s."
                : Shown(result.Error?.Message, secret),
        };
    }

    /// <summary>A server may say back whatever it was sent.</summary>
    private static string? Shown(string? text, string? secret)
    {
        if (string.IsNullOrEmpty(text))
        {
            return null;
        }

        var clean = secret is { Length: > 0 } ? text.Replace(secret, "***", StringComparison.Ordinal) : text;
        return clean.Length <= MaxShown ? clean : string.Concat(clean.AsSpan(0, MaxShown), "…");
    }

    /// <summary>Takes the stream, and notes when it began.</summary>
    private sealed class Call(TimeProvider time) : IAnswerSink, ICallMonitor
    {
        private readonly long _started = time.GetTimestamp();

        public bool Shown => false;

        public TimeSpan? FirstToken { get; private set; }

        public void OnContent(string text)
        {
        }

        public void OnChoices(ReadOnlyMemory<byte> choices)
        {
        }

        public void OnBytes()
        {
        }

        public void OnFirstContent() => FirstToken ??= time.GetElapsedTime(_started);
    }
}
