using Ensemble.Catalog;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Gates;
using Ensemble.Runs;
using Ensemble.Storage.Memory;
using Ensemble.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace Ensemble.Frontend.Tests.Start;

/// <summary>The database is there before the first request, or the process is not.</summary>
public sealed class StorageTests
{
    private const string Secret = "s3cret-word";

    public static readonly TheoryData<string[], string> Refused = new()
    {
        { ["--Storage:Provider", "postgre"], "option Storage:Provider: 'postgre' is not valid. Did you mean \"postgres\"?" },
        { ["--Storage:Provider", "mysql-server"], "Use sqlite, postgres or memory." },
        { ["--Storage:Provider", "2"], "option Storage:Provider: '2' is not valid." },
        { ["--Storage:Provider", $"Host=h;Password={Secret}"], "option Storage:Provider" },
        { ["--Storage:Provider", "postgres"], "option Storage:ConnectionString: postgres needs one" },
        { ["--Storage:Conection", Secret], "option Storage:Conection: there is no such option." },
        { ["--Storage:Provider", "postgres", "--Storage:ConnectionString", $"Host=h;Pasword={Secret}"], "Storage:ConnectionString cannot be read" },
        { ["--Storage:Provider", "postgres", "--Storage:ConnectionString", $"Host=127.0.0.1;Port=1;Username=u;Password={Secret}"], "127.0.0.1:1 cannot be reached" },
        { ["--Storage:Provider", "sqlite", "--Storage:ConnectionString", $"Host=h;Password={Secret}"], "Data Source=PATH" },
        { ["--Storage:Provider", "sqlite", "--Storage:ConnectionString", "Data Source=/dev/null/x.db"], "/dev/null/x.db cannot be created" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task Start_DatabaseThatCannotBeOpened_SaysWhyInOneSentenceAndEndsWith1(string[] args, string reason)
    {
        await using var product = Product.Start(["--urls", "http://127.0.0.1:0", .. args]);

        var code = await product.EndAsync();

        code.ShouldBe(1, product.Output);
        product.Errors.ShouldContain(reason);
        product.Errors.Split('\n').Length.ShouldBe(1, product.Errors);
        product.Output.ShouldNotContain("Exception");
        (product.Output + product.Errors).ShouldNotContain(Secret);
    }

    [Fact]
    public async Task Start_FileThatIsNoDatabase_SaysSo()
    {
        using var file = new CatalogFile("{ \"models\": [ \"this is a catalog and no database\" ] }");
        await using var product = Product.Start(
            "--urls", "http://127.0.0.1:0", "--Storage:Provider", "sqlite", "--Storage:ConnectionString", $"Data Source={file.Path}");

        (await product.EndAsync()).ShouldBe(1);

        product.Errors.ShouldBe(
            $"The database {file.Path} is not a SQLite database. Move the file away, or choose another one with Storage:ConnectionString 'Data Source=PATH'.");
    }

    [Fact]
    public async Task Start_NothingSaid_KeepsAFileInTheWorkingFolder()
    {
        var (product, http) = await Product.ServeAsync("--Storage:Provider", "");
        await using (product)
        {
            using (http)
            {
                (await http.GetAsync("/readyz", Now.Cancel)).EnsureSuccessStatusCode();
            }

            File.Exists(Path.Combine(product.Folder, "data", "ensemble.db")).ShouldBeTrue();
            await product.TerminateAsync();
            (await product.EndAsync()).ShouldBe(0, product.Errors);
        }
    }

    [Fact]
    public async Task Start_Memory_OffersTheStores()
    {
        await using var gateway = await Gateway.StartAsync(catalog: null);

        gateway.Services.GetRequiredService<ICatalogStore>().ShouldBeOfType<InMemoryCatalogStore>();
        gateway.Services.GetRequiredService<IGateStore>().ShouldBeOfType<InMemoryGateStore>();
        gateway.Services.GetRequiredService<IRunStore>().ShouldBeOfType<InMemoryRunStore>();
        gateway.Services.GetRequiredService<IUsageStore>().ShouldBeOfType<InMemoryUsageStore>();
    }
}
