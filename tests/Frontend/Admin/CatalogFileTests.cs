using System.Net;
using Ensemble.Frontend.Tests.Support;

namespace Ensemble.Frontend.Tests.Admin;

/// <summary>With a catalog from a file the endpoints read, and edit nothing.</summary>
public sealed class CatalogFileTests
{
    private const string Caller = "sk-caller-0123456789";

    private const string Json =
        """
        { // The truth.
          "models": [ { "display_name": "solo", "provider": "simulated", "api_key": "env:ANY_NAME" } ],
          "keys": [ { "name": "anna", "key": "sk-caller-0123456789" } ] }
        """;

    [Fact]
    public async Task Read_ShowsWhatIsServed()
    {
        using var file = new CatalogFile(Json);
        await using var gateway = await Gateway.StartAsync(null, null, null, [.. AdminExtensions.KeyOption, "--Catalog:File", file.Path]);

        var model = await gateway.ReadAsync("/admin/models/solo");
        var key = await gateway.ReadAsync("/admin/keys/anna");
        var list = await gateway.ReadAsync("/admin/models");

        model.Json.GetProperty("entry").GetProperty("api_key").GetString().ShouldBe("env:ANY_NAME");
        model.Header("etag").ShouldBe("\"1\"");
        key.Status.ShouldBe(HttpStatusCode.OK);
        key.Body.ShouldNotContain(Caller);
        list.Json.GetProperty("data").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task Edit_Is405AndNamesTheFile()
    {
        using var file = new CatalogFile(Json);
        await using var gateway = await Gateway.StartAsync(null, null, null, [.. AdminExtensions.KeyOption, "--Catalog:File", file.Path]);

        foreach (var answer in (Answer[])
                 [
                     await gateway.PostAsync("/admin/models", "{}"),
                     await gateway.PutAsync("/admin/models/solo", "{}"),
                     await gateway.DeleteAsync("/admin/models/solo"),
                     await gateway.PostAsync("/admin/keys", "{}"),
                     await gateway.PutAsync("/admin/keys/anna", "{}"),
                     await gateway.DeleteAsync("/admin/keys/anna"),
                 ])
        {
            answer.ShouldBeError(405, "invalid_request_error", "catalog_read_only").Message.ShouldContain(file.Path);
            answer.Header("allow").ShouldBe("GET, HEAD");
        }

        (await File.ReadAllTextAsync(file.Path, Now.Cancel)).ShouldBe(Json);
        (await gateway.SendAsync(HttpMethod.Post, "/admin/models", "{}")).ShouldBeError(401, "authentication_error", "invalid_admin_key");
    }
}
