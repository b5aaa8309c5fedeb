using System.Net;
using System.Text;
using System.Text.Json;
using Ensemble.Frontend.Tests.Support;

namespace Ensemble.Frontend.Tests.Admin;

/// <summary>Each admin endpoint, and each status that it answers with.</summary>
public sealed class EntriesTests
{
    private const string Solo = """{"display_name":"team/solo","provider":"simulated"}""";

    [Fact]
    public async Task Model_CreatedReadReplacedDeleted_OverItsWholeLife()
    {
        await using var gateway = await StartAsync();

        var created = await gateway.PostAsync("/admin/models", Solo);
        var read = await gateway.ReadAsync("/admin/models/team/solo");
        var escaped = await gateway.ReadAsync("/admin/models/team%2Fsolo");
        var known = await gateway.ReadAsync("/admin/models/team/solo", ("If-None-Match", "\"2\""));
        var replaced = await gateway.PutAsync("/admin/models/team/solo", """{"provider":"simulated","retries":4}""");
        var deleted = await gateway.DeleteAsync("/admin/models/team/solo");
        var gone = await gateway.ReadAsync("/admin/models/team/solo");

        created.Status.ShouldBe(HttpStatusCode.Created, created.Body);
        created.Header("location").ShouldBe("/admin/models/team/solo");
        created.Header("etag").ShouldBe("\"2\"");
        created.Header("cache-control").ShouldBe("no-store");
        created.Json.GetProperty("written").GetBoolean().ShouldBeTrue();
        read.Json.GetProperty("kind").GetString().ShouldBe("direct");
        read.Json.GetProperty("version").GetInt64().ShouldBe(2);
        read.Json.GetProperty("entry").GetRawText().ShouldBe(Solo);
        escaped.Body.ShouldBe(read.Body);
        known.Status.ShouldBe(HttpStatusCode.NotModified);
        replaced.Status.ShouldBe(HttpStatusCode.OK);
        replaced.Header("etag").ShouldBe("\"3\"");
        deleted.Status.ShouldBe(HttpStatusCode.NoContent);
        deleted.Body.ShouldBeEmpty();
        gone.ShouldBeError(404, "invalid_request_error", "model_not_found");
        gateway.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task List_Models_HasNamesKindsAndVersionsInPages()
    {
        await using var gateway = await StartAsync();

        var first = await gateway.ReadAsync("/admin/models?limit=2");
        var rest = await gateway.ReadAsync("/admin/models?after=self-council&limit=1000");
        var keys = await gateway.ReadAsync("/admin/keys");
        var bad = await gateway.ReadAsync("/admin/models?limit=0");

        Names(first).ShouldBe(["council", "self-council"]);
        first.Json.GetProperty("has_more").GetBoolean().ShouldBeTrue();
        first.Json.GetProperty("data")[0].GetProperty("kind").GetString().ShouldBe("ensemble");
        first.Json.GetProperty("data")[0].GetProperty("version").GetInt64().ShouldBe(1);
        Names(rest).ShouldBe(["sim-judge", "sim-scholar", "sim-steady", "sim-swift"]);
        rest.Json.GetProperty("has_more").GetBoolean().ShouldBeFalse();
        Names(keys).ShouldBeEmpty();
        bad.ShouldBeError(400, "invalid_request_error", null, "limit");
    }

    [Theory]
    [InlineData("/admin/models?limit=%2B5")]
    [InlineData("/admin/keys?limit=%205")]
    [InlineData("/admin/gates?limit=%2B5")]
    [InlineData("/admin/usage?limit=%2B5")]
    [InlineData("/admin/runs?limit=1001")]
    public async Task List_LimitThatIsNotDigitsUpTo1000_IsRefused(string path)
    {
        await using var gateway = await StartAsync();

        (await gateway.ReadAsync(path)).ShouldBeError(400, "invalid_request_error", null, "limit");
    }

    [Fact]
    public async Task Head_IsAnsweredWithoutABody()
    {
        await using var gateway = await StartAsync();

        var found = await gateway.SendAsync(HttpMethod.Head, "/admin/models/council", null, AdminExtensions.Key);
        var missing = await gateway.SendAsync(HttpMethod.Head, "/admin/models/nobody", null, AdminExtensions.Key);

        found.Status.ShouldBe(HttpStatusCode.OK);
        found.Header("etag").ShouldBe("\"1\"");
        found.Body.ShouldBeEmpty();
        missing.Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Edit_ThatCannotBe_HasItsStatusAndChangesNothing()
    {
        await using var gateway = await StartAsync();

        (await gateway.PostAsync("/admin/models", """{"display_name":"council","provider":"simulated"}"""))
            .ShouldBeError(409, "invalid_request_error", "already_exists");
        var inUse = (await gateway.DeleteAsync("/admin/models/sim-judge")).ShouldBeError(409, "invalid_request_error", "model_in_use");
        (await gateway.DeleteAsync("/admin/models/nobody")).ShouldBeError(404, "invalid_request_error", "model_not_found");
        (await gateway.DeleteAsync("/admin/keys/nobody")).ShouldBeError(404, "invalid_request_error", "key_not_found");
        (await gateway.PutAsync("/admin/models/council", "{}", ("If-None-Match", "*"))).ShouldBeError(412, "invalid_request_error", "precondition_failed");
        (await gateway.PutAsync("/admin/models/council", "{}", ("If-Match", "\"7\""))).ShouldBeError(412, "invalid_request_error", "precondition_failed");
        (await gateway.PutAsync("/admin/models/council", "{}", ("If-Match", "W/\"1\""))).ShouldBeError(412, "invalid_request_error", "precondition_failed");
        (await gateway.PutAsync("/admin/models/council", "{}", ("If-Match", "7"))).ShouldBeError(400, "invalid_request_error", null, "If-Match");
        (await gateway.DeleteAsync("/admin/models/council", ("If-Match", "\"7\""))).ShouldBeError(412, "invalid_request_error", "precondition_failed");
        (await gateway.PostAsync("/admin/models?validate=perhaps", Solo)).ShouldBeError(400, "invalid_request_error", null, "validate");
        (await gateway.PostAsync("/admin/keys?probe=true", "{}")).ShouldBeError(400, "invalid_request_error", null, "probe");
        (await gateway.PostAsync("/admin/models/council", Solo)).ShouldBeError(405, "invalid_request_error", "method_not_allowed");
        (await gateway.PutAsync("/admin/models", Solo)).Status.ShouldBeOneOf(HttpStatusCode.MethodNotAllowed, HttpStatusCode.NotFound);

        inUse.Message.ShouldContain("'council'");
        inUse.Message.ShouldContain("'self-council'");
        (await RevisionAsync(gateway)).ShouldBe(1);
    }

    [Fact]
    public async Task Edit_Invalid_IsA422WithEveryErrorAndChangesNothing()
    {
        await using var gateway = await StartAsync();

        var answer = await gateway.PutAsync(
            "/admin/models/sim-judge", """{"display_name":"other","provider":"simulated","kind":"embedding","rate_limit":{"rpm":0}}""");

        answer.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        answer.Json.GetProperty("error").GetProperty("code").GetString().ShouldBe("invalid_entry");
        answer.Json.GetProperty("error").GetProperty("param").GetString().ShouldBe("display_name");
        var errors = answer.Json.GetProperty("errors").EnumerateArray().ToList();
        errors.Select(error => error.GetProperty("path").GetString()).ShouldContain("rate_limit.rpm");
        errors.ShouldAllBe(error => error.EnumerateObject().Count() == 4);
        (await RevisionAsync(gateway)).ShouldBe(1);
        (await gateway.ChatAsync("""{"model":"council","messages":[{"role":"user","content":"What is 2+2?"}]}""")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Body_TooLargeOrNoJson_IsRefused()
    {
        await using var gateway = await StartAsync();

        var large = await gateway.PostAsync("/admin/models", $$"""{"display_name":"{{new string('x', 1024 * 1024)}}"}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/admin/models") { Content = new StringContent(Solo, Encoding.UTF8, "text/plain") };
        request.Headers.Authorization = new("Bearer", AdminExtensions.Key);
        using var response = await gateway.Http.SendAsync(request, Now.Cancel);
        var broken = await gateway.PostAsync("/admin/models", "{");

        large.ShouldBeError(413, "invalid_request_error", "request_too_large");
        (await Answer.ReadAsync(response)).ShouldBeError(415, "invalid_request_error", "unsupported_media_type");
        broken.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await RevisionAsync(gateway)).ShouldBe(1);
    }

    [Fact]
    public async Task Validate_GoodEntry_WritesNothing()
    {
        await using var gateway = await StartAsync();

        var answer = await gateway.PostAsync("/admin/models?validate=true", Solo);

        answer.Status.ShouldBe(HttpStatusCode.OK);
        answer.Header("etag").ShouldBeNull();
        answer.Json.GetProperty("written").GetBoolean().ShouldBeFalse();
        answer.Json.GetProperty("version").ValueKind.ShouldBe(JsonValueKind.Null);
        (await gateway.ReadAsync("/admin/models/team/solo")).Status.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Put_TwoEditorsWithOneVersion_OnlyTheFirstWins()
    {
        await using var gateway = await StartAsync();
        await gateway.PostAsync("/admin/models", Solo);

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(retries =>
            gateway.PutAsync("/admin/models/team/solo", $$"""{"provider":"simulated","retries":{{retries}}}""", ("If-Match", "\"2\""))));

        answers.Count(answer => answer.Status == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(answer => answer.Status == HttpStatusCode.PreconditionFailed).ShouldBe(7);
    }

    [Fact]
    public async Task Key_Made_OpensChatAndIsNeverShownAgain()
    {
        await using var gateway = await StartAsync();

        var made = await gateway.PostAsync("/admin/keys", """{"name":"an/na","allowed_models":["council"]}""");
        var key = made.Json.GetProperty("key").GetString()!;
        var read = await gateway.ReadAsync("/admin/keys/an/na");
        var chat = await gateway.ChatAsync("""{"model":"council","messages":[{"role":"user","content":"Hi"}]}""", key);
        var without = await gateway.ChatAsync("""{"model":"council","messages":[{"role":"user","content":"Hi"}]}""");
        var asAdmin = await gateway.GetAsync("/admin/keys", key);
        var adminAsCaller = await gateway.ChatAsync("""{"model":"council","messages":[{"role":"user","content":"Hi"}]}""", AdminExtensions.Key);

        made.Status.ShouldBe(HttpStatusCode.Created, made.Body);
        made.Json.GetProperty("entry").EnumerateObject().Select(field => field.Name).ShouldBe(["name", "allowed_models"]);
        read.Body.ShouldNotContain(key);
        read.Body.ShouldNotContain("sha256");
        read.Json.GetProperty("fingerprint").GetString()!.Length.ShouldBe(8);
        chat.Status.ShouldBe(HttpStatusCode.OK, chat.Body);
        without.ShouldBeError(401, "authentication_error", "invalid_api_key");
        asAdmin.ShouldBeError(401, "authentication_error", "invalid_admin_key");
        adminAsCaller.ShouldBeError(401, "authentication_error", "invalid_api_key");
    }

    private static Task<Gateway> StartAsync() => Gateway.StartAsync(null, null, null, AdminExtensions.KeyOption);

    private static IEnumerable<string?> Names(Answer answer) =>
        answer.Json.GetProperty("data").EnumerateArray().Select(entry => entry.GetProperty("name").GetString());

    private static async Task<long> RevisionAsync(Gateway gateway) =>
        (await gateway.GetAsync("/readyz")).Json.GetProperty("catalog").GetProperty("revision").GetInt64();
}
