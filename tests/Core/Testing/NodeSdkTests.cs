using System.Text.Json;
using Ensemble.Testing;

namespace Ensemble.Core.Tests.Testing;

public sealed class NodeSdkTests : IAsyncLifetime
{
    private const string Request = """{"model":"m","messages":[{"role":"user","content":"Hi"}]}""";

    private UpstreamStub _stub = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(NodeSdk.Available(out var reason), reason);
        _stub = await UpstreamStub.StartAsync(new StubOptions { RequiredKey = "k" });
        _stub.Model("m").Answers("Grüße, Welt");
    }

    public async ValueTask DisposeAsync()
    {
        if (_stub is not null)
        {
            await _stub.DisposeAsync();
        }
    }

    [Fact]
    public async Task Whole_And_Stream_ReadTheSameText()
    {
        var whole = await NodeSdk.WholeAsync(_stub.BaseUrl, "k", Request, cancellationToken: StubClient.Cancel);
        var streamed = await NodeSdk.StreamAsync(_stub.BaseUrl, "k", Request, cancellationToken: StubClient.Cancel);

        whole.Error.ShouldBeNull();
        whole.Content.ShouldBe("Grüße, Welt");
        streamed.Done.ShouldBeTrue();
        streamed.Content.ShouldBe("Grüße, Welt");
        streamed.Answers.Count.ShouldBe(4);
        _stub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Whole_ErrorAnswer_ShowsItsFields_AndIsRetriedOnlyWhenAsked()
    {
        _stub.Model("m").Default = StubReply.Error(429, "slow", "Too fast.", "p", TimeSpan.FromMilliseconds(1), "rate_limit_error");

        var result = await NodeSdk.WholeAsync(_stub.BaseUrl, "k", Request, cancellationToken: StubClient.Cancel);
        var once = _stub.Requests.Count;
        await NodeSdk.WholeAsync(_stub.BaseUrl, "k", Request, maxRetries: 1, cancellationToken: StubClient.Cancel);

        var error = result.Error.ShouldNotBeNull();
        error.GetProperty("status").GetInt32().ShouldBe(429);
        Text(error, "code").ShouldBe("slow");
        Text(error, "type").ShouldBe("rate_limit_error");
        Text(error, "param").ShouldBe("p");
        Text(error, "name").ShouldBe("RateLimitError");
        Text(error, "message").ShouldBe("429 Too fast.");
        once.ShouldBe(1);
        _stub.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Stream_ConnectionBreaks_Throws()
    {
        _stub.Model("m").Default = StubReply.Stream(StubStep.Delta("half"), StubStep.Drop());

        var result = await NodeSdk.StreamAsync(_stub.BaseUrl, "k", Request, cancellationToken: StubClient.Cancel);

        result.Error.ShouldNotBeNull();
        result.Done.ShouldBeFalse();
    }

    [Fact]
    public async Task Whole_Cancelled_EndsTheProcess()
    {
        _stub.Model("m").Default = StubReply.Hang();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(StubClient.Cancel);
        var call = NodeSdk.WholeAsync(_stub.BaseUrl, "k", Request, cancellationToken: cancel.Token);
        var request = (await _stub.WaitForRequestsAsync("m", 1, StubClient.Cancel))[0];

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(call);
        await request.Aborted.WaitAsync(StubClient.Cancel);
    }

    private static string? Text(JsonElement error, string name) => error.GetProperty(name).GetString();
}
