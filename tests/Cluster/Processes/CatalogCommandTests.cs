using System.Globalization;
using Ensemble.Cluster.Tests.Support;
using Ensemble.Silo;
using Ensemble.Testing;

namespace Ensemble.Cluster.Tests.Processes;

/// <summary><c>catalog apply FILE</c>, into both databases.</summary>
public sealed class CatalogCommandTests : IDisposable
{
    private const string Catalog = """{"models":[{"display_name":"fresh","provider":"simulated"}],"keys":[]}""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ensemble-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Apply_ToAClusterThatRuns_IsServedByItsNodes()
    {
        var database = await ClusterDatabase.CreateAsync();
        var connection = await database.AddNodeRoleAsync();
        await using var silo = await NodeProcess.StartSiloAsync(connection);
        await using var frontend = await NodeProcess.StartFrontendAsync(connection);

        var (code, output, errors) = await ApplyAsync(Write(Catalog), "--Cluster:ConnectionString", connection);

        (code, errors).ShouldBe((0, ""));
        output.ShouldContain("added: models[\"fresh\"]\n");
        output.ShouldContain("removed: models[\"council\"]\n");
        output.ShouldEndWith("unchanged; the catalog is now revision 2\n");
        await Eventually.TrueAsync(
            async () => (await frontend.GetAsync("/v1/models")).Body.Contains("fresh", StringComparison.Ordinal), Now.Cancel);
    }

    [Fact]
    public async Task Apply_ToAFile_TwiceAndDry_WritesOnce()
    {
        string[] options = ["--Storage:ConnectionString", $"Data Source={Path.Combine(_folder.FullName, "ensemble.db")}"];
        var file = Write(Catalog);

        var dry = await ApplyAsync(file, ["--dry-run", .. options]);
        var first = await ApplyAsync(file, options);
        var second = await ApplyAsync(file, options);

        dry.ShouldBe((0, "added: models[\"fresh\"]\n1 added, 0 changed, 0 removed, 0 unchanged; nothing is written (--dry-run), the catalog stays revision 0\n", ""));
        first.ShouldBe((0, "added: models[\"fresh\"]\n1 added, 0 changed, 0 removed, 0 unchanged; the catalog is now revision 1\n", ""));
        second.ShouldBe((0, "0 added, 0 changed, 0 removed, 1 unchanged; the catalog stays revision 1\n", ""));
    }

    [Fact]
    public async Task Apply_CatalogWithErrors_SaysWhereAndEndsWith1()
    {
        var (code, output, errors) = await ApplyAsync(Write("""{"models":[{"display_name":"a","provder":"simulated"}]}"""), "--Storage:ConnectionString", "Data Source=unused.db");

        (code, output).ShouldBe((1, ""));
        errors.ShouldContain("error: models[0].provder: ");
        errors.ShouldContain("Did you mean \"provider\"?");
    }

    [Theory]
    [InlineData("--Storage:Provider", "memory", "option Storage:Provider: 'memory' ends with this command.")]
    [InlineData("--Storage:Povider", "sqlite", "option Storage:Povider: ")]
    [InlineData("--Cluster:ConnectionString", "nonsense", "Cluster:ConnectionString")]
    public async Task Apply_OptionThatDoesNotHold_SaysSoAndEndsWith1(string option, string value, string words)
    {
        var (code, _, errors) = await ApplyAsync(Write(Catalog), option, value);

        code.ShouldBe(1);
        errors.ShouldContain(words);
    }

    [Fact]
    public async Task Apply_FileThatIsNotThere_EndsWith1()
    {
        var (code, _, errors) = await ApplyAsync(Path.Combine(_folder.FullName, "none.json"));

        code.ShouldBe(1);
        errors.ShouldContain("none.json: cannot be read: ");
    }

    private string Write(string catalog)
    {
        var file = Path.Combine(_folder.FullName, "catalog.json");
        File.WriteAllText(file, catalog);
        return file;
    }

    /// <summary>The program's command, in this process.</summary>
    private static async Task<(int Code, string Output, string Errors)> ApplyAsync(string file, params string[] options)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        using var errors = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var code = await Program.CommandLine().RunAsync(["catalog", "apply", file, .. options], output, errors);
        return (code, output.ToString(), errors.ToString());
    }
}
