using System.Net;
using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Admin;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Endpoints;

/// <summary>Half a surrogate pair is valid JSON but no text, and some numbers fit no type: wherever others send them, they are no fault of the gateway.</summary>
public sealed class ForeignTextTests
{
    private const string Half = "\\ud83d";
    private const string Hello = "\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]";

    private const string Tools = """
        "tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]
        """;

    [Theory]
    [InlineData("\"response_format\":{\"type\":\"json_object\\ud83d\"}")]
    [InlineData("\"response_format\":{\"\\ud83d\":1,\"type\":\"json_object\"}")]
    [InlineData("\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\\ude00\",\"schema\":{\"properties\":{\"\\ud83d\":{\"const\":\"\\ud83d\"}},\"required\":[\"\\ud83d\"],\"enum\":[1e99999999999,{\"\\ud83d\":1}]}}}")]
    [InlineData("\"stop\":\"\\ud83d\",\"user\":\"\\ud83d\"")]
    [InlineData("\"metadata\":{\"\\ud83d\":\"\\ud83d\"}")]
    [InlineData("\"tools\":[{\"\\ud83d\":1,\"type\":\"function\",\"function\":{\"name\":\"\\ud83d\",\"\\ud83d\":{}}}],\"tool_choice\":{\"\\ud83d\":1}")]
    [InlineData("\"stream_options\":{\"\\ud83d\":1},\"stream\":true")]
    [InlineData("\"modalities\":[\"\\ud83d\"]")]
    [InlineData("\"\\ud83d\":1")]
    [InlineData("\"seed\":1e99999999999")]
    [InlineData("\"temperature\":1e400")]
    public async Task Request_WithHalfACharacterOrAHugeNumber_IsAnsweredOrRefused(string fields)
    {
        await using var council = await Council.StartAsync(more: builder => builder.Add(TestModels.Simulated("simulated")));
        council.AllMembers(StubReply.Text("{}"));
        foreach (var model in new[] { "council", "solo", "simulated", "\\ud83d" })
        {
            var answer = await council.Gateway.ChatAsync($$"""{"model":"{{model}}",{{Hello}},{{fields}}}""");

            ((int)answer.Status).ShouldBeOneOf(200, 400, 404, 502);
        }

        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(StrategyKind.Route, "{\"to\":\"numbat\\ud83d\"}", "classifier_failed")]
    [InlineData(StrategyKind.Route, "{\"to\":\"numbat\",\"x\\ud83d\":1}", "classifier_failed")]
    [InlineData(StrategyKind.Verify, "{\"pass\":false,\"issues\":[\"bad \\ud83d here\"]}", null)]
    [InlineData(StrategyKind.Specialist, "{\"subtasks\":[{\"member\":\"facts\",\"task\":\"Do \\ud83d this\"},{\"member\":\"words\",\"task\":\"And that\"}]}", "planner_failed")]
    [InlineData(StrategyKind.BestOf, "{\"pick\":\"A\\ud83d\"}", "judge_failed")]
    [InlineData(StrategyKind.Confidence, "{\"confidence\":1e400}", "no_confidence")]
    public async Task ControlReply_WithHalfACharacter_IsOneOfAnotherShape(StrategyKind strategy, string reply, string? degraded)
    {
        await using var council = await StrategyCouncil.StartAsync(strategy);
        foreach (var alias in (string[])[.. Council.Members, Council.Judge])
        {
            council.Model(alias).Default = StubReply.Dynamic(request => StubReply.Text(request.Field("response_format") is null ? $"Paris, says {alias}." : reply));
        }

        foreach (var ask in new[] { Council.Ask, Council.AskStreamed })
        {
            var answer = await council.Gateway.ChatAsync(ask);

            answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
            answer.Body.ShouldContain("Paris");
            answer.Header("x-ensemble-degraded").ShouldBe(degraded);
        }

        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("call_1", "{\\\"city\\\":\\\"\\ud83d\\\"}")]
    [InlineData("call_1", "{\\\"city\\\":\\\"\\\\ud83d\\\"}")]
    [InlineData("call\\ud83d", "{}")]
    public async Task UpstreamToolCall_WithHalfACharacter_CostsACharacter(string id, string arguments)
    {
        await using var council = await Council.StartAsync(shape: ensemble => ensemble with { Strategy = StrategyKind.Vote, Tools = ToolsMode.Vote });
        var reply = StubReply.RawBody(
            200,
            $$$"""{"id":"x","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"{{{id}}}","type":"function","function":{"name":"weather","arguments":"{{{arguments}}}"}}]},"finish_reason":"tool_calls"}]}""",
            "application/json");
        council.AllMembers(reply).Model("solo").Default = reply;
        foreach (var model in new[] { "council", "solo" })
        {
            var answer = await council.Gateway.ChatAsync($$"""{"model":"{{model}}",{{Hello}},{{Tools}}}""");

            answer.Status.ShouldBe(HttpStatusCode.OK, answer.Body);
            var call = answer.Choice.GetProperty("message").GetProperty("tool_calls")[0];
            call.GetProperty("id").GetString()!.ShouldStartWith("call_");
            call.GetProperty("function").GetProperty("name").GetString().ShouldBe("weather");
        }

        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("He \\ud83d llo")]
    [InlineData("He \u00ff llo")]
    public async Task UpstreamText_WithHalfACharacter_CostsACharacter(string content)
    {
        await using var council = await Council.StartAsync();
        council.Model("solo").Default = StubReply.RawBody(
            200,
            $$$"""{"id":"x","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"{{{content}}}"},"finish_reason":"stop"}]}""",
            "application/json");

        var whole = await council.Gateway.ChatAsync(Council.AskSolo);
        var streamed = await council.Gateway.ChatAsync(Council.AskSoloStreamed);

        whole.Content.ShouldMatch("^He . llo$");
        EventStream.Content(streamed.Body.Split('\n')).ShouldMatch("^He . llo$");
        streamed.Body.ShouldEndWith("data: [DONE]\n\n");
        council.Gateway.Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("{\"key\":\"\\ud800\"}", HttpStatusCode.Unauthorized)]
    [InlineData("{\"\\ud800\":1,\"key\":\"\\udc00\"}", HttpStatusCode.Unauthorized)]
    [InlineData("{\"\\ud800\":1}", HttpStatusCode.BadRequest)]
    public async Task SessionKey_WithHalfACharacter_OpensNothing(string body, HttpStatusCode status)
    {
        await using var gateway = await Gateway.StartAsync(null, null, null, AdminExtensions.KeyOption);

        var answer = await gateway.SendAsync(HttpMethod.Post, "/dashboard/session", body, null, ("Sec-Fetch-Site", "same-origin"));

        answer.Status.ShouldBe(status, answer.Body);
        gateway.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task AdminEntry_WithHalfACharacterOrNul_IsRefused()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            await using var gateway = await Gateway.StartAsync(null, null, null, [.. AdminExtensions.KeyOption, "--Security:SecretDirectory", folder.FullName]);
            foreach (var text in new[] { Half, "file:\\u0000", $"file:{folder.FullName}/\\u0000", $"file:{folder.FullName}/{new string('a', 300)}", $"file:{folder.FullName}/{new string('b', 5000)}" })
            {
                var model = await gateway.PutAsync("/admin/models/m", $$"""{"provider":"openai","base_url":"https://api.example.com/v1","model":"m","api_key":"{{text}}"}""");

                // A file whose name no file system takes is one that is missing, and a missing one may come later.
                ((int)model.Status).ShouldBeOneOf(text.EndsWith('a') ? [200, 201] : [400, 422], text);
            }

            foreach (var (path, body) in new[]
            {
                ("/admin/models/m", $"{{\"provider\":\"simulated\",\"{Half}\":1}}"), ("/admin/models/%00", "{\"provider\":\"simulated\"}"),
                ("/admin/keys/k", $"{{\"key\":\"{Half}\"}}"), ("/admin/keys/%00", "{}"), ("/admin/keys/k", "{\"monthly_budget_usd\":1e99999999999}"),
            })
            {
                ((int)(await gateway.PutAsync(path, body)).Status).ShouldBeOneOf([400, 404, 422], path);
            }

            gateway.Faults.ShouldBeEmpty();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("/admin/runs?min_cost=1000000000000000000000000000000")]
    [InlineData("/admin/runs?min_cost=NaN")]
    [InlineData("/admin/runs?min_cost=Infinity")]
    [InlineData("/admin/runs?min_agreement=NaN")]
    [InlineData("/admin/runs?ensemble=%00")]
    [InlineData("/admin/runs?caller=a%00b")]
    [InlineData("/admin/usage?model=%00")]
    [InlineData("/admin/usage?from=0001-01-01T00:00Z")]
    [InlineData("/admin/usage?limit=99999999999999999999")]
    [InlineData("/admin/usage?cursor=MC4wLjAuMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAuMC4ALjAuMA")]
    public async Task LedgerQuery_WithAValueOfNoType_Is400(string path)
    {
        await using var gateway = await Gateway.StartAsync(null, null, null, AdminExtensions.KeyOption);

        (await gateway.ReadAsync(path)).Status.ShouldBe(HttpStatusCode.BadRequest);

        gateway.Faults.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("ffffffff")]
    [InlineData("fffffffffffffffffff")]
    [InlineData("-1")]
    [InlineData("zz")]
    public async Task Body_WithAnImpossibleChunkSize_IsRefused(string size)
    {
        await using var council = await Council.StartAsync();
        using var raw = await RawHttp.ConnectAsync(council.Gateway.Url);

        await raw.SendAsync($"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{size}\r\n{{\"model\":");
        var answer = await raw.ReadUntilAsync("\r\n");

        answer.ShouldMatch("^HTTP/1.1 4(00|13) ");
        council.Gateway.Faults.ShouldBeEmpty();
    }
}
