using System.Text;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Chat;
using Ensemble.Providers.Simulated;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Upstreams.Simulated;

/// <summary>What the tests of the simulated provider have in common: calls, and a sink that writes down what came.</summary>
internal sealed class SimulatedBench : IAnswerSink, ICallMonitor
{
    public static readonly SimulatedConfig AtOnce = new()
    {
        Seed = 1,
        MinLatency = TimeSpan.Zero,
        MaxLatency = TimeSpan.Zero,
        TokensPerSecond = 0,
        Accuracy = 1,
    };

    private readonly Lock _lock = new();
    private readonly List<string> _events = [];

    /// <summary>In order: "bytes", "first", "text:…", "choices:…".</summary>
    public string[] Events
    {
        get
        {
            lock (_lock)
            {
                return [.. _events];
            }
        }
    }

    public string[] Texts => Of("text:");

    public string[] Choices => Of("choices:");

    public bool Shown => false;

    public Action<int>? OnText { get; init; }

    public void OnContent(string text)
    {
        Add($"text:{text}");
        OnText?.Invoke(Texts.Length);
    }

    public void OnChoices(ReadOnlyMemory<byte> choices) => Add($"choices:{Encoding.UTF8.GetString(choices.Span)}");

    public void OnBytes() => Add("bytes");

    public void OnFirstContent() => Add("first");

    public UpstreamRequest Request(
        string question, SimulatedConfig? config = null, string more = "", RequestEdits? edits = null, bool keep = false, bool stream = false) =>
        Raw($$"""{"model":"alias","messages":[{"role":"user","content":{{JsonSerializer.Serialize(question)}}}]{{more}}}""", config, edits, keep, stream);

    public UpstreamRequest Raw(
        string body, SimulatedConfig? config = null, RequestEdits? edits = null, bool keep = false, bool stream = false) => new()
        {
            Model = new ModelConfig
            {
                DisplayName = "sim",
                Provider = ProviderKind.Simulated,
                Model = "sim-1",
                MaxOutputTokens = 1000,
                Simulated = config ?? AtOnce,
            },
            Chat = ChatRequestParser.Parse(Encoding.UTF8.GetBytes(body), ChatLimits.Default),
            Edits = edits ?? new RequestEdits(),
            KeepChoices = keep,
            Sink = stream ? this : null,
            Watch = this,
        };

    public static Task<UpstreamResult> SendAsync(UpstreamRequest request, TimeProvider? time = null, CancellationToken? cancellationToken = null) =>
        new SimulatedUpstream(time ?? new ManualTimeProvider()).SendAsync(request, cancellationToken ?? TestContext.Current.CancellationToken);

    public static async Task<string> AskAsync(string question, SimulatedConfig? config = null, string more = "", RequestEdits? edits = null)
    {
        var result = await SendAsync(new SimulatedBench().Request(question, config, more, edits));
        result.Outcome.ShouldBe(CallOutcome.Ok);
        return result.Answer!.Content;
    }

    private void Add(string entry)
    {
        lock (_lock)
        {
            _events.Add(entry);
        }
    }

    private string[] Of(string kind) => [.. Events.Where(entry => entry.StartsWith(kind, StringComparison.Ordinal)).Select(entry => entry[kind.Length..])];
}
