using System.Text;
using System.Text.Json;
using Ensemble.Catalog;
using Ensemble.Catalog.Addresses;
using Ensemble.Chat;
using Ensemble.Core.Tests.Upstreams.OpenAi;
using Ensemble.Providers.Anthropic;
using Ensemble.Providers.Http;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Upstreams.Anthropic;

/// <summary>The dialect in front of a stub of the Messages API that serves the model <c>m</c>.</summary>
internal sealed class AnthropicHarness : IAsyncDisposable
{
    public const string Chat = """{"model":"alias","messages":[{"role":"user","content":"Hi"}]}""";

    private readonly UpstreamHttp _http;

    private AnthropicHarness(UpstreamStub stub, Action<SocketsHttpHandler>? configure, UpstreamNetwork? network)
    {
        Stub = stub;
        _http = new UpstreamHttp(configure, network);
        Upstream = new AnthropicUpstream(_http, Secrets, Time, Log);
        Model = TestModels.Anthropic("alias", stub.BaseUrl, "m");
        Served = stub.Model("m");
    }

    public UpstreamStub Stub { get; }

    public AnthropicUpstream Upstream { get; }

    public ManualTimeProvider Time { get; } = new();

    public FixedSecrets Secrets { get; } = new() { Secret = "sk-ant-1" };

    public ListLogger<AnthropicUpstream> Log { get; } = new();

    public ModelConfig Model { get; set; }

    public StubModel Served { get; }

    /// <summary>The newest request's body.</summary>
    public JsonElement Sent => Stub.Requests[^1].Json;

    public static async Task<AnthropicHarness> StartAsync(
        StubOptions? options = null, Action<SocketsHttpHandler>? configure = null, UpstreamNetwork? network = null) =>
        new(await UpstreamStub.StartAsync((options ?? new StubOptions()) with { Dialect = StubDialect.Anthropic }), configure, network);

    public Task<UpstreamResult> WholeAsync(string chat = Chat, RequestEdits? edits = null, bool keepChoices = false) =>
        SendAsync(chat, edits, null, keepChoices, null, TestContext.Current.CancellationToken);

    public Task<UpstreamResult> StreamAsync(
        RecordingSink sink, bool keepChoices = false, RecordingWatch? watch = null, CancellationToken? cancellationToken = null, string chat = Chat) =>
        SendAsync(chat, null, sink, keepChoices, watch, cancellationToken ?? TestContext.Current.CancellationToken);

    /// <summary>Sends a conversation that the provider takes, and returns what it got as <c>messages</c>.</summary>
    public async Task<string> MessagesAsync(string messages, RequestEdits? edits = null)
    {
        var result = await WholeAsync($$"""{"model":"alias","messages":{{messages}}}""", edits);
        Stub.Violations.ShouldBeEmpty();
        result.Outcome.ShouldBe(CallOutcome.Ok);
        return Sent.GetProperty("messages").GetRawText();
    }

    /// <summary>Sends these fields beside a message, which the provider takes.</summary>
    public async Task<UpstreamResult> FieldsAsync(string fields, RequestEdits? edits = null)
    {
        var result = await WholeAsync($$"""{"model":"alias","messages":[{"role":"user","content":"Hi"}],{{fields}}}""", edits);
        Stub.Violations.ShouldBeEmpty();
        result.Outcome.ShouldBe(CallOutcome.Ok);
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Stub.DisposeAsync();
    }

    private Task<UpstreamResult> SendAsync(
        string chat, RequestEdits? edits, IAnswerSink? sink, bool keepChoices, ICallMonitor? watch, CancellationToken cancellationToken) =>
        Upstream.SendAsync(
            new UpstreamRequest
            {
                Model = Model,
                Chat = ChatRequestParser.Parse(Encoding.UTF8.GetBytes(chat), ChatLimits.Default),
                Edits = edits ?? new RequestEdits(),
                Sink = sink,
                KeepChoices = keepChoices,
                Watch = watch ?? new RecordingWatch(),
            },
            cancellationToken);
}
