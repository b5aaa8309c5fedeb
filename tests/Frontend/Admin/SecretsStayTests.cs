using System.Net;
using System.Security.Cryptography;
using System.Text;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Admin;

/// <summary>No secret that goes in comes out again, in no answer and no line of the log.</summary>
public sealed class SecretsStayTests
{
    private const string Provider = "sk-provider-in-clear-0123456789";
    private const string Rejected = "sk-rejected-in-clear-0123456789";
    private const string Caller = "sk-caller-in-clear-0123456789";
    private const string MasterKey = "c2VjcmV0LW1hc3Rlci1rZXktb2YtMzItYnl0ZXMhISE=";

    private readonly List<Answer> _answers = [];

    [Fact]
    public async Task Session_WithSecretsOfEveryKind_ShowsNone()
    {
        await using var stub = await UpstreamStub.StartAsync();
        stub.Model("m").Answers("Hello.");
        stub.Model("rude").Default = StubReply.Error(401, null, $"the key {Provider} is wrong");
        stub.Model("echo").Answers($"You sent {Provider}.");
        string[] args = [.. AdminExtensions.KeyOption, "--Security:MasterKey", MasterKey];
        await using var gateway = await Gateway.StartAsync(null, null, null, args);

        var created = Add(await gateway.PostAsync("/admin/models?probe=true", Model(stub.BaseUrl, "mine", "m", Provider)));
        var rude = Add(await gateway.PostAsync("/admin/models?probe=true", Model(stub.BaseUrl, "rude", "rude", Provider)));
        Add(await gateway.PostAsync("/admin/models?probe=true&validate=true", Model(stub.BaseUrl, "echo", "echo", Provider)));
        Add(await gateway.PostAsync("/admin/models", Model(stub.BaseUrl, "mine", "m", Provider)));
        Add(await gateway.PostAsync("/admin/models", Model(stub.BaseUrl, "bad name", "m", Rejected)));
        Add(await gateway.PostAsync("/admin/models", Model(stub.BaseUrl, "typo", "m", Rejected).Replace("api_key", "apikey", StringComparison.Ordinal)));
        Add(await gateway.PostAsync("/admin/models", Model(new Uri($"https://{Rejected}@evil.example"), "url", "m", "env:ENSEMBLE_SECRET_X")));
        Add(await gateway.PostAsync("/admin/models", $$"""{"display_name":"broken","api_key":{{Rejected}}}"""));
        var moved = Add(await gateway.PutAsync("/admin/models/mine", Model(new Uri("https://evil.example/v1"), "mine", "m", "sealed")));
        var kept = Add(await gateway.PutAsync("/admin/models/mine", Model(stub.BaseUrl, "mine", "m", "sealed")));
        Add(await gateway.ReadAsync("/admin/models"));
        var shown = Add(await gateway.ReadAsync("/admin/models/mine"));
        var key = Add(await gateway.PostAsync("/admin/keys", $$"""{"name":"anna","key":"{{Caller}}"}"""));
        Add(await gateway.PostAsync("/admin/keys", $$"""{"name":"bert","key":"{{Caller}}","what":1}"""));
        Add(await gateway.ReadAsync("/admin/keys"));
        Add(await gateway.ReadAsync("/admin/keys/anna"));
        var chat = Add(await gateway.ChatAsync("""{"model":"mine","messages":[{"role":"user","content":"Hi"}]}""", Caller));
        var failed = Add(await gateway.ChatAsync("""{"model":"rude","messages":[{"role":"user","content":"Hi"}]}""", Caller));
        Add(await gateway.ReadAsync($"/v1/runs/{chat.Header("x-ensemble-run-id")}"));
        Add(await gateway.ReadAsync($"/v1/runs/{failed.Header("x-ensemble-run-id")}"));
        Add(await gateway.GetAsync("/readyz"));
        Add(await gateway.GetAsync("/admin/models", "a-wrong-admin-key"));

        created.Json.GetProperty("probe").GetProperty("ok").GetBoolean().ShouldBeTrue(created.Body);
        rude.Status.ShouldBe(HttpStatusCode.Created);
        moved.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        kept.Status.ShouldBe(HttpStatusCode.OK, kept.Body);
        shown.Json.GetProperty("entry").GetProperty("api_key").GetString().ShouldBe("sealed");
        key.Status.ShouldBe(HttpStatusCode.Created);
        chat.Content.ShouldBe("Hello.");
        stub.Requests.Where(request => request.Model == "m").ShouldAllBe(request => request.Headers["Authorization"] == $"Bearer {Provider}");
        var everything = string.Join('\n', _answers.Select(answer => answer.Everything).Concat(gateway.Log));
        foreach (var secret in (string[])
                 [Provider, Rejected, Caller, MasterKey, AdminExtensions.Key, "sealed:v1", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Caller)))])
        {
            everything.ShouldNotContain(secret, Case.Insensitive);
        }

        gateway.Faults.ShouldBeEmpty();
    }

    [Fact]
    public async Task SecretInClear_WithoutAMasterKey_IsA422ThatSaysWhatToDo()
    {
        await using var gateway = await Gateway.StartAsync(null, null, null, AdminExtensions.KeyOption);

        var answer = await gateway.PostAsync("/admin/models", Model(new Uri("https://api.example/v1"), "mine", "m", Provider));

        answer.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
        answer.Json.GetProperty("error").GetProperty("param").GetString().ShouldBe("api_key");
        answer.Body.ShouldContain("env:ENSEMBLE_SECRET_");
        answer.Body.ShouldNotContain(Provider);
    }

    [Fact]
    public async Task SecretFile_InTheFolder_IsSentToTheProvider()
    {
        var folder = Directory.CreateTempSubdirectory("ensemble-secrets-");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "provider"), Provider, Now.Cancel);
            await using var stub = await UpstreamStub.StartAsync(new StubOptions { RequiredKey = Provider });
            stub.Model("m").Answers("Hello.");
            await using var gateway = await Gateway.StartAsync(null, null, null, [.. AdminExtensions.KeyOption, "--Security:SecretDirectory", folder.FullName]);

            var created = await gateway.PostAsync("/admin/models", Model(stub.BaseUrl, "mine", "m", $"file:{folder.FullName}/provider"));
            var outside = await gateway.PostAsync("/admin/models", Model(stub.BaseUrl, "other", "m", "file:/etc/passwd"));
            var chat = await gateway.ChatAsync("""{"model":"mine","messages":[{"role":"user","content":"Hi"}]}""");

            created.Status.ShouldBe(HttpStatusCode.Created, created.Body);
            outside.Status.ShouldBe(HttpStatusCode.UnprocessableEntity);
            chat.Content.ShouldBe("Hello.");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Model(Uri upstream, string alias, string model, string key) =>
        AdminExtensions.Model(upstream, alias, model, $",\"api_key\":\"{key}\"");

    private Answer Add(Answer answer)
    {
        _answers.Add(answer);
        return answer;
    }
}
