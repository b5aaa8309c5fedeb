using System.Text;
using Ensemble.Catalog;
using Ensemble.Core.Tests.Upstreams.OpenAi;
using Ensemble.Execution;
using Ensemble.Models;
using Ensemble.Providers.Http;
using Ensemble.Providers.OpenAi;
using Ensemble.Runs;
using Ensemble.Testing;
using Ensemble.Upstreams;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Core.Tests.Runs;

/// <summary>Runs over real connections to a strict provider.</summary>
public sealed class RunOverHttpTests : IAsyncLifetime
{
    private readonly RunBench _bench = new();
    private readonly UpstreamHttp _http = new();
    private UpstreamStub _stub = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _stub = await UpstreamStub.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _stub.DisposeAsync();
    }

    [Fact]
    public async Task Execute_LongConversationWithAnImage_ReachesMembersAndJudgeByteForByte()
    {
        var messages = new StringBuilder("""{"role":"system","content":"B\u00e9 brief."}""");
        for (var turn = 0; turn < 10; turn++)
        {
            messages.Append(turn % 2 == 0 ? " ,{\"content\" : \"Q" : ",\n{\"role\":\"assistant\",\"content\":\"A").Append(turn)
                .Append(turn % 2 == 0 ? " \\/ 中 \\u4e2d\", \"role\":\"user\"}" : "\"}");
        }

        messages.Append(""",{"role":"user","content":[{"type":"text","text":"And this?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]}""");
        _stub.Model("judge").Answers("the judge's answer");

        var run = Start($$"""{"model":"panel","stream":true,"messages":[{{messages}}]}""");
        var outcome = await run.EndAsync();

        outcome.Text.ShouldBe("the judge's answer");
        _stub.Violations.ShouldBeEmpty();
        Encoding.UTF8.GetString(_stub.RequestsFor("a").Single().Body).ShouldContain($"\"messages\":[{messages}]");
        Encoding.UTF8.GetString(_stub.RequestsFor("judge").Single().Body).ShouldContain($"\"messages\":[{messages},{{\"role\":\"user\"");
        _stub.RequestsFor("a").Single().Stream.ShouldBeFalse();
        _stub.RequestsFor("judge").Single().Stream.ShouldBeTrue();
    }

    [Fact]
    public async Task Execute_Straggler_HasItsConnectionClosed()
    {
        _bench.Ensemble = _bench.Ensemble with { StragglerGrace = new StragglerGrace(TimeSpan.FromMilliseconds(700)) };
        _stub.Model("c").Default = StubReply.Hang();

        var run = Start(RunBench.Question);
        await _stub.WaitForRequestsAsync("c", 1, Token);
        await _bench.Time.WaitForTimerAsync(TimeSpan.FromMilliseconds(700), Token);
        _bench.Time.Advance(TimeSpan.FromMilliseconds(700));
        await _stub.RequestsFor("c").Single().Aborted.WaitAsync(Token);

        (await run.EndAsync()).Manifest.Outcome.ShouldBe("completed");
    }

    [Fact]
    public async Task Cancel_InTheMiddleOfTheAnswer_ClosesTheJudgesConnection()
    {
        _stub.Model("judge").Default = StubReply.Stream(StubStep.Delta("Half an"), StubStep.Stall());

        var run = Start(RunBench.StreamedQuestion);
        await run.SeeAsync<AnswerDelta>();
        run.Run.Cancel();
        await _stub.RequestsFor("judge").Single().Aborted.WaitAsync(Token);

        var outcome = await run.EndAsync();
        (outcome.Text, outcome.Failure!.Kind).ShouldBe(("Half an", RunFailureKind.Cancelled));
        _bench.Usage.Count.ShouldBe(4);
    }

    private RunningRun Start(string json)
    {
        var catalog = new CatalogBuilder()
            .Add([.. new[] { "a", "b", "c", "judge" }.Select(alias => TestModels.Of(_stub, alias))])
            .Add(_bench.Ensemble)
            .Build();
        var upstream = new OpenAiUpstream(_http, new FixedSecrets(), _bench.Time, NullLogger<OpenAiUpstream>.Instance);
        var models = new ModelCaller(
            new Dictionary<ProviderKind, IUpstream> { [ProviderKind.OpenAi] = upstream }, _bench.Gate, _bench.Time, new Random(1));
        var run = new Run(
            new RunRequest { Id = RunBench.Id, Chat = RunBench.Parse(json), CatalogRevision = 1 },
            catalog,
            new RunServices(models, _bench, _bench.Time),
            new SubCallCache(),
            new RunJournal(1),
            NullLogger.Instance);
        return new RunningRun(run, Task.Run(run.ExecuteAsync, Token));
    }
}
