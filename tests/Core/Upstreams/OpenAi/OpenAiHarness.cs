using System.Text;
using Ensemble.Catalog;
using Ensemble.Catalog.Addresses;
using Ensemble.Chat;
using Ensemble.Providers.Http;
using Ensemble.Providers.OpenAi;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Upstreams.OpenAi;

/// <summary>The dialect in front of a stubbed provider that serves the model <c>m</c>.</summary>
internal sealed class OpenAiHarness : IAsyncDisposable
{
    public const string Chat = """{"model":"alias","messages":[{"role":"user","content":"Hi"}]}""";

    private readonly UpstreamHttp _http;

    private OpenAiHarness(UpstreamStub stub, Action<SocketsHttpHandler>? configure, UpstreamNetwork? network)
    {
        Stub = stub;
        _http = new UpstreamHttp(configure, network);
        Upstream = new OpenAiUpstream(_http, Secrets, Time, Log);
        Model = new ModelConfig { DisplayName = "alias", Provider = ProviderKind.OpenAi, Model = "m", BaseUrl = stub.BaseUrl };
        Served = stub.Model("m");
    }

    public UpstreamStub Stub { get; }

    public OpenAiUpstream Upstream { get; }

    public ManualTimeProvider Time { get; } = new();

    public FixedSecrets Secrets { get; } = new();

    public ListLogger<OpenAiUpstream> Log { get; } = new();

    public ModelConfig Model { get; set; }

    public StubModel Served { get; }

    public static async Task<OpenAiHarness> StartAsync(
        StubOptions? options = null, Func<UpstreamStub, Action<SocketsHttpHandler>>? configure = null, UpstreamNetwork? network = null)
    {
        var stub = await UpstreamStub.StartAsync(options);
        return new OpenAiHarness(stub, configure?.Invoke(stub), network);
    }

    public Task<UpstreamResult> WholeAsync(string chat = Chat, RequestEdits? edits = null, bool keepChoices = false) =>
        Upstream.SendAsync(Request(chat, edits, null, new RecordingWatch(), keepChoices), TestContext.Current.CancellationToken);

    public Task<UpstreamResult> StreamAsync(
        RecordingSink sink, bool keepChoices = false, RecordingWatch? watch = null, CancellationToken? cancellationToken = null, string chat = Chat) =>
        Upstream.SendAsync(
            Request(chat, null, sink, watch ?? new RecordingWatch(), keepChoices),
            cancellationToken ?? TestContext.Current.CancellationToken);

    public UpstreamRequest Request(string chat, RequestEdits? edits, IAnswerSink? sink, ICallMonitor watch, bool keepChoices) => new()
    {
        Model = Model,
        Chat = ChatRequestParser.Parse(Encoding.UTF8.GetBytes(chat), ChatLimits.Default),
        Edits = edits ?? new RequestEdits(),
        Sink = sink,
        KeepChoices = keepChoices,
        Watch = watch,
    };

    /// <summary>The fields of the newest request.</summary>
    public IReadOnlyList<string> SentFields() => [.. Stub.Requests[^1].Json.EnumerateObject().Select(field => field.Name)];

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Stub.DisposeAsync();
    }
}
