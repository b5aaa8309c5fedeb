using System.Net;
using System.Text;
using Ensemble.Catalog.Serving;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Frontend.Tests.Chat;

/// <summary>What is refused before anybody is called, and how.</summary>
public sealed class RequestErrorTests
{
    private const string Hello = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

    [Theory]
    [InlineData("", null)]
    [InlineData("{", null)]
    [InlineData("[]", null)]
    [InlineData("null", null)]
    [InlineData("{} {}", null)]
    [InlineData("{\"model\":\"council\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}],}", null)]
    [InlineData("{" + Hello + "}", "model")]
    [InlineData("{\"model\":7," + Hello + "}", "model")]
    [InlineData("{\"model\":\"\"," + Hello + "}", "model")]
    [InlineData("{\"model\":\"council\"}", "messages")]
    [InlineData("{\"model\":\"council\",\"messages\":[]}", "messages")]
    [InlineData("{\"model\":\"council\",\"messages\":{}}", "messages")]
    [InlineData("{\"model\":\"council\",\"messages\":[1]}", "messages[0]")]
    [InlineData("{\"model\":\"council\",\"messages\":[{\"content\":\"Hi\"}]}", "messages[0].role")]
    [InlineData("{\"model\":\"council\",\"messages\":[{\"role\":\"oracle\",\"content\":\"Hi\"}]}", "messages[0].role")]
    [InlineData("{\"model\":\"council\",\"messages\":[{\"role\":\"user\"}]}", "messages[0].content")]
    [InlineData("{\"model\":\"council\",\"messages\":[{\"role\":\"user\",\"content\":7}]}", "messages[0].content")]
    [InlineData("{\"model\":\"council\",\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"Hi\"}]}]}", "messages[0].content[0].type")]
    [InlineData("{\"model\":\"council\",\"messages\":[{\"role\":\"tool\",\"content\":\"Hi\"}]}", "messages[0].tool_call_id")]
    [InlineData("{\"model\":\"council\",\"stream\":\"yes\"," + Hello + "}", "stream")]
    [InlineData("{\"model\":\"council\",\"stream_options\":{\"include_usage\":true}," + Hello + "}", "stream_options")]
    [InlineData("{\"model\":\"council\",\"n\":0," + Hello + "}", "n")]
    [InlineData("{\"model\":\"council\",\"temperature\":3," + Hello + "}", "temperature")]
    [InlineData("{\"model\":\"council\",\"max_tokens\":0," + Hello + "}", "max_tokens")]
    [InlineData("{\"model\":\"council\",\"response_format\":\"json\"," + Hello + "}", "response_format")]
    [InlineData("{\"model\":\"council\",\"model\":\"solo\"," + Hello + "}", "model")]
    public async Task Malformed_IsA400ThatNamesTheField(string json, string? param)
    {
        await using var council = await Council.StartAsync();

        var answer = await council.Gateway.ChatAsync(json);

        answer.ShouldBeError(400, "invalid_request_error", null, param);
        answer.Header("x-should-retry").ShouldBe("false");
        council.Stub.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("council")]
    [InlineData("sim-steady")]
    public async Task UnsupportedContent_OfEnsembleAndModel_IsA400ThatNamesThePart(string alias)
    {
        await using var gateway = await Gateway.StartAsync(BuiltInCatalog.Open());

        var answer = await gateway.ChatAsync(
            $$$"""{"model":"{{{alias}}}","messages":[{"role":"user","content":[{"type":"text","text":"Hi"},{"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}]}]}""");

        answer.ShouldBeError(400, "invalid_request_error", "unsupported_content", "messages[0].content[1]");
        answer.Everything.ShouldNotContain("sim-swift");
    }

    [Theory]
    [InlineData("\"n\":2", "n")]
    [InlineData("\"logprobs\":true", "logprobs")]
    [InlineData("\"audio\":{\"voice\":\"alloy\",\"format\":\"mp3\"}", "audio")]
    [InlineData("\"modalities\":[\"text\",\"audio\"]", "modalities")]
    [InlineData("\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]", "tools")]
    [InlineData("\"tool_choice\":\"required\"", "tool_choice")]
    [InlineData("\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"f\"}}", "tool_choice")]
    [InlineData("\"functions\":[{\"name\":\"f\"}]", "functions")]
    [InlineData("\"function_call\":{\"name\":\"f\"}", "function_call")]
    public async Task Ensemble_WhatItCannotAnswer_IsRefusedBeforeAnyCall(string field, string param)
    {
        await using var council = await Council.StartAsync();

        var answer = await council.Gateway.ChatAsync($$"""{"model":"council",{{field}},{{Hello}}}""");

        answer.ShouldBeError(400, "invalid_request_error", "unsupported_by_ensemble", param);
        council.Stub.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("\"n\":null")]
    [InlineData("\"n\":1")]
    [InlineData("\"logprobs\":null,\"top_logprobs\":null")]
    [InlineData("\"logprobs\":false")]
    [InlineData("\"logprobs\":false,\"top_logprobs\":0")]
    [InlineData("\"audio\":null,\"modalities\":[\"text\"]")]
    [InlineData("\"modalities\":null")]
    [InlineData("\"tools\":null,\"tool_choice\":null")]
    [InlineData("\"tools\":[],\"tool_choice\":\"none\",\"parallel_tool_calls\":true")]
    [InlineData("\"tool_choice\":\"auto\"")]
    [InlineData("\"functions\":[],\"function_call\":\"none\"")]
    [InlineData("\"functions\":null,\"function_call\":\"auto\"")]
    [InlineData("\"stream\":false,\"stream_options\":null")]
    [InlineData("\"stream\":null")]
    [InlineData("\"store\":true,\"metadata\":{\"a\":\"b\"},\"service_tier\":\"auto\",\"prediction\":{\"type\":\"content\",\"content\":\"x\"}")]
    public async Task Ensemble_FormsThatAskForNothing_PassAndReachNobody(string fields)
    {
        await using var council = await Council.StartAsync(stubOptions: new StubOptions { RefuseUnknownFields = true });

        var answer = await council.Gateway.ChatAsync($$"""{"model":"council",{{fields}},{{Hello}}}""");

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
        council.Stub.Violations.ShouldBeEmpty();
        council.Stub.Requests.Count.ShouldBe(4);
        var names = fields.Split('"').Where(name => name.Length > 0 && char.IsAsciiLetter(name[0])).ToArray();
        council.Stub.Requests.ShouldAllBe(request => !names.Any(name => name != "stream" && request.Field(name) != null));
    }

    [Fact]
    public async Task Nesting_BeyondTheLimit_Is400()
    {
        await using var council = await Council.StartAsync();

        var answer = await council.Gateway.ChatAsync(
            $$"""{"model":"council",{{Hello}},"x":{{new string('[', 100_000)}}{{new string(']', 100_000)}}}""");

        answer.ShouldBeError(400, "invalid_request_error", null).Message.ShouldContain("nested");
    }

    [Fact]
    public async Task Names_OfAnyLength_ComeBackCut()
    {
        await using var council = await Council.StartAsync();
        var name = new string('x', 1_000_000);

        var model = await council.Gateway.ChatAsync($$"""{"model":"{{name}}",{{Hello}}}""");
        var twice = await council.Gateway.ChatAsync($$"""{"model":"council","{{name}}":1,"{{name}}":2,{{Hello}}}""");

        model.ShouldBeError(404, "invalid_request_error", "model_not_found", "model");
        model.Body.Length.ShouldBeLessThan(1000);
        twice.Status.ShouldBe(HttpStatusCode.BadRequest);
        twice.Body.Length.ShouldBeLessThan(1000);
    }

    [Fact]
    public async Task Body_TooLargeByItsOwnWord_Is413BeforeItIsSent()
    {
        await using var council = await Council.StartAsync(args: ["--Limits:MaxBodyBytes", "2048"]);
        using var raw = await RawHttp.ConnectAsync(council.Gateway.Url);

        await raw.SendAsync("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2049\r\n\r\n");

        var answer = await raw.ReadUntilAsync("}}");
        answer.ShouldStartWith("HTTP/1.1 413 ");
        answer.ShouldContain("\"code\":\"request_too_large\"");
        answer.ShouldContain("x-request-id", Case.Insensitive);
    }

    [Fact]
    public async Task Body_TooLargeInPieces_Is413()
    {
        await using var council = await Council.StartAsync(args: ["--Limits:MaxBodyBytes", "2048"]);
        using var raw = await RawHttp.ConnectAsync(council.Gateway.Url);

        await raw.SendAsync($"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n{new string(' ', 4096)}\r\n");

        var answer = await raw.ReadUntilAsync("}}");
        answer.ShouldStartWith("HTTP/1.1 413 ");
        answer.ShouldContain("\"code\":\"request_too_large\"");
    }

    [Fact]
    public async Task Body_AtTheLimit_Passes()
    {
        var body = $$"""{"model":"solo",{{Hello}},"user":""}""";
        await using var council = await Council.StartAsync(args: ["--Limits:MaxBodyBytes", "2048"]);

        var answer = await council.Gateway.ChatAsync(body.Replace("\"user\":\"\"", $"\"user\":\"{new string('u', 2048 - body.Length)}\"", StringComparison.Ordinal));

        answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
    }

    [Fact]
    public async Task Body_TooSlow_Is408()
    {
        // Kestrel measures by its own clock; more than its heartbeat of a second is the least that it takes.
        await using var council = await Council.StartAsync(configure: services => services.PostConfigure<KestrelServerOptions>(
            kestrel => kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(1000, TimeSpan.FromSeconds(1.01))));
        using var raw = await RawHttp.ConnectAsync(council.Gateway.Url);

        await raw.SendAsync("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000\r\n\r\n{");

        var answer = await raw.ReadUntilAsync("}}");
        answer.ShouldStartWith("HTTP/1.1 408 ");
        answer.ShouldContain("\"code\":\"request_timeout\"");
        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Body_ThatBreaksOff_IsNoFault()
    {
        await using var council = await Council.StartAsync();
        using (var raw = await RawHttp.ConnectAsync(council.Gateway.Url))
        {
            await raw.SendAsync("POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2000\r\n\r\n{");
        }

        (await council.Gateway.ChatAsync(Council.AskSolo)).Status.ShouldBe(HttpStatusCode.OK);
        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task Body_Compressed_Is415()
    {
        await using var council = await Council.StartAsync();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(Council.Ask)) { Headers = { ContentEncoding = { "gzip" } } };

        using var response = await council.Gateway.Http.PostAsync("/v1/chat/completions", content, Now.Cancel);

        (await Answer.ReadAsync(response)).ShouldBeError(415, "invalid_request_error", "unsupported_encoding");
    }

    [Theory]
    [InlineData("GET", "/v1/nothing", 404, "not_found")]
    [InlineData("GET", "/nothing", 404, "not_found")]
    [InlineData("GET", "/v1/chat/completions", 405, "method_not_allowed")]
    [InlineData("DELETE", "/v1/models", 405, "method_not_allowed")]
    [InlineData("POST", "/v1/embeddings", 404, "not_found")]
    public async Task Address_UnknownOrWrongMethod_IsJson(string method, string path, int status, string code)
    {
        await using var council = await Council.StartAsync();

        var answer = await council.Gateway.SendAsync(new HttpMethod(method), path);

        answer.ShouldBeError(status, "invalid_request_error", code);
    }
}
