using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Ensemble.Catalog.Reading;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Start;

/// <summary>The README's snippets, as a newcomer copies them.</summary>
public sealed partial class ReadmeTests
{
    private const string Address = "http://127.0.0.1:8080";

    public static TheoryData<string> Catalogs => [.. Blocks("json", "jsonc")];

    [Theory]
    [MemberData(nameof(Catalogs))]
    public void Catalog_AsItStands_IsValid(string block)
    {
        var result = CatalogReader.Read(Encoding.UTF8.GetBytes(block), revision: 1);

        result.Errors.ShouldBeEmpty();
        result.Snapshot!.Ensembles.ShouldNotBeEmpty();
    }

    [Fact]
    public async Task Commands_InTheirOrderAgainstARunningGateway_AllSucceed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Find("curl") && Find("bash"), "There is no curl on the PATH: install it.");
        await using var gateway = await Gateway.StartAsync(null, TimeProvider.System);
        var (run, key) = ("", "");
        var commands = Blocks("bash").SelectMany(Commands).Where(command => command.StartsWith("curl", StringComparison.Ordinal)).ToList();
        commands.Count.ShouldBeGreaterThan(4);

        foreach (var command in commands)
        {
            var filled = command.Replace(Address, gateway.Url.ToString().TrimEnd('/'), StringComparison.Ordinal)
                .Replace("RUN_ID", run, StringComparison.Ordinal)
                .Replace("CALLER_KEY", key, StringComparison.Ordinal);

            var (code, output) = await BashAsync($"curl() {{ command curl --silent --show-error --fail-with-body \"$@\"; }}; {filled}");

            code.ShouldBe(0, $"{command}\n{output}");
            run = RunId().Match(output) is { Success: true } found ? found.Groups["id"].Value : run;
            key = Key().Match(output) is { Success: true } made ? made.Groups["key"].Value : key;
        }
    }

    /// <summary>The code blocks in one of these languages.</summary>
    private static IEnumerable<string> Blocks(params string[] languages) => Block().Matches(Repository.Read("README.md"))
        .Where(match => languages.Contains(match.Groups["language"].Value))
        .Select(match => match.Groups["text"].Value);

    /// <summary>The commands of a block; one that goes on in the next line is one.</summary>
    private static IEnumerable<string> Commands(string block) => block.Replace("\\\n", "", StringComparison.Ordinal).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static bool Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static async Task<(int Code, string Output)> BashAsync(string script)
    {
        var start = new ProcessStartInfo("bash", ["-c", script]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["NO_PROXY"] = "127.0.0.1";
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Now.Cancel), process.StandardError.ReadToEndAsync(Now.Cancel));
        await process.WaitForExitAsync(Now.Cancel);
        return (process.ExitCode, await output + await errors);
    }

    [GeneratedRegex(@"^```(?<language>\w+)\n(?<text>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Block();

    [GeneratedRegex(@"^x-ensemble-run-id: (?<id>\w+)", RegexOptions.Multiline | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex RunId();

    [GeneratedRegex("\"key\": ?\"(?<key>[^\"]+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Key();
}
