using System.Diagnostics;
using System.Text;
using Ensemble.Catalog;
using Ensemble.Testing;
using Ensemble.Upstreams;

namespace Ensemble.Core.Tests.Upstreams.OpenAi;

public sealed class RequestOnTheWireTests
{
    [Fact]
    public async Task Send_Headers_AreOursAlone()
    {
        await using var harness = await OpenAiHarness.StartAsync(new StubOptions { RequiredKey = "sk-1" });
        harness.Model = harness.Model with { ApiKey = new SecretReference(SecretSource.Environment, "KEY") };
        harness.Secrets.Secret = "sk-1";
        using var activity = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C).Start();

        await harness.WholeAsync();
        await harness.StreamAsync(new RecordingSink());

        foreach (var request in harness.Stub.Requests)
        {
            request.Headers.Keys.Order(StringComparer.OrdinalIgnoreCase)
                .ShouldBe(["Accept", "Authorization", "Content-Length", "Content-Type", "Host", "User-Agent"]);
            request.Headers["Content-Type"].ShouldBe("application/json");
            request.Headers["User-Agent"].ShouldBe("ensemble-orleans/0.1.0");
        }

        harness.Stub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_HeadersOfTheModel_GoOutAndTheirSecretsComeBackNowhere()
    {
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Secrets.Secret = "gw-secret";
        harness.Model = harness.Model with
        {
            Headers = [new HeaderConfig("X-Title", "My app", null), new HeaderConfig("X-Gateway", null, new SecretReference(SecretSource.Environment, "GW"))],
        };
        harness.Served.Enqueue(StubReply.Error(400, null, "gw-secret is wrong"));

        var result = await harness.WholeAsync();

        harness.Stub.Requests[0].Headers["X-Title"].ShouldBe("My app");
        harness.Stub.Requests[0].Headers["X-Gateway"].ShouldBe("gw-secret");
        result.Error!.Message.ShouldBe("*** is wrong");
        harness.Secrets.Secret = null;
        (await harness.WholeAsync()).Outcome.ShouldBe(CallOutcome.AuthenticationFailed);
        harness.Stub.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task Send_BaseUrl_MayEndInASlash(string end)
    {
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Model = harness.Model with { BaseUrl = new Uri(harness.Stub.BaseUrl + end) };

        (await harness.WholeAsync()).Outcome.ShouldBe(CallOutcome.Ok);
        harness.Stub.Requests[0].Path.ShouldBe("/v1/chat/completions");
    }

    [Theory]
    [InlineData(10)]
    [InlineData(3_000_000)]
    public async Task Send_UnknownFieldsAndImage_ArriveByteForByte(int size)
    {
        await using var harness = await OpenAiHarness.StartAsync();
        var image = Convert.ToBase64String(new byte[size]);
        var content = $$$"""[ {"type":"image_url","image_url":{"url":"data:image/png;base64,{{{image}}}"}}, {"type":"text","text":"\u00e9"}]""";
        var odd = "\"odd\" : { \"n\": 1.50, \"e\":1E+2 }";

        var result = await harness.WholeAsync($$"""{"model":"alias", {{odd}},"messages":[{"role":"user","content":{{content}}}] }""");

        result.Outcome.ShouldBe(CallOutcome.Ok);
        var sent = Encoding.UTF8.GetString(harness.Stub.Requests[0].Body);
        sent.ShouldContain(content);
        sent.ShouldContain(odd);
        harness.Stub.Requests[0].Model.ShouldBe("m");
    }

    [Fact]
    public async Task Send_CallersStream_IsReplacedByOurOwnChoice()
    {
        await using var harness = await OpenAiHarness.StartAsync();
        const string Chat = """{"model":"alias","stream":true,"stream_options":{"x":1},"messages":[{"role":"user","content":"Hi"}]}""";

        await harness.WholeAsync(Chat);
        harness.SentFields().ShouldBe(["model", "stream", "messages"]);
        harness.Stub.Requests[0].Field("stream")!.Value.GetBoolean().ShouldBeFalse();

        await harness.StreamAsync(new RecordingSink(), chat: Chat);
        harness.Stub.Requests[1].Field("stream_options")!.Value.GetRawText().ShouldBe("""{"include_usage":true}""");
        harness.Stub.Violations.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_Redirect_IsNotFollowed()
    {
        await using var target = await OpenAiHarness.StartAsync();
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Served.Enqueue(StubReply.RawBody(
            307, "", "text/plain", new Dictionary<string, string> { ["Location"] = $"{target.Stub.BaseUrl}/chat/completions" }));

        var result = await harness.WholeAsync();

        result.Outcome.ShouldBe(CallOutcome.NotFound);
        result.Error!.Status.ShouldBe(307);
        target.Stub.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_Https_SpeaksHttp2()
    {
        await using var harness = await OpenAiHarness.StartAsync(
            new StubOptions { Tls = true },
            stub => handler => handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) => stub.IsOwn(certificate));

        (await harness.StreamAsync(new RecordingSink())).Outcome.ShouldBe(CallOutcome.Ok);
        harness.Stub.Requests[0].Protocol.ShouldBe("HTTP/2");
    }

    [Fact]
    public async Task Send_UnknownCertificate_IsATransportError()
    {
        await using var harness = await OpenAiHarness.StartAsync(new StubOptions { Tls = true });

        var result = await harness.WholeAsync();

        (result.Outcome, result.Error!.NeverSent).ShouldBe((CallOutcome.TransportError, true));
        harness.Stub.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Send_NobodyListens_IsATransportError()
    {
        await using var harness = await OpenAiHarness.StartAsync(configure: _ => handler =>
            handler.ConnectCallback = (_, _) => throw new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.ConnectionRefused));

        var result = await harness.WholeAsync();

        (result.Outcome, result.Error!.NeverSent).ShouldBe((CallOutcome.TransportError, true));
    }

    [Fact]
    public async Task Send_CancelledBeforeHeaders_IsCancelled()
    {
        await using var harness = await OpenAiHarness.StartAsync();
        harness.Served.Enqueue(StubReply.Hang());
        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);

        var call = harness.StreamAsync(new RecordingSink(), cancellationToken: cancellation.Token);
        await harness.Stub.WaitForRequestsAsync("m", 1, TestContext.Current.CancellationToken);
        await cancellation.CancelAsync();

        (await call).Outcome.ShouldBe(CallOutcome.Cancelled);
    }
}
