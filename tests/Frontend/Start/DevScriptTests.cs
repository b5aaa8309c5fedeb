using System.Diagnostics;
using System.Globalization;
using Ensemble.Frontend.Tests.Support;
using Ensemble.Testing;

namespace Ensemble.Frontend.Tests.Start;

/// <summary>The script <c>dev</c>, with a <c>dotnet</c> that notes where it is called and with what, and says what a test wants.</summary>
public sealed class DevScriptTests : IDisposable
{
    private const string Skips = """
        skipped A.Tests.First
          There is no Chromium on this machine: install it.
          from /a.dll (net10.0|x64)
        skipped A.Tests.Second
          There is no Chromium on this machine: install it.
          from /a.dll (net10.0|x64)
        skipped A.Tests.Third
          There is no promtool on the PATH: install it.
          from /a.dll (net10.0|x64)
        Test run summary: Passed!
          total: 10
          failed: 0
          succeeded: 7
          skipped: 3
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ensemble-");

    public DevScriptTests() => Assert.SkipUnless(OperatingSystem.IsLinux(), "dev is a script for bash.");

    [Fact]
    public async Task Run_ThroughALinkFromAnotherFolder_StartsThereWithWhatItWasGiven()
    {
        var work = _folder.CreateSubdirectory("work");
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "link"), Repository.PathOf("dev"));

        var (code, _, errors) = await DevAsync(work.FullName, "../link", "run", "--Catalog:File", "my catalog.json");

        code.ShouldBe(0, errors);
        errors.ShouldContain("builds the gateway");
        Calls()[^1].ShouldBe($"{work.FullName}|{Repository.PathOf("src/Silo/bin/Release/net10.0/ensemble-silo.dll")}|--Catalog:File|my catalog.json");
        Calls()[..^1].ShouldAllBe(call => call.StartsWith($"{Repository.Top}|build|", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_BuildThatFails_ShowsItsMessagesAndStartsNothing()
    {
        var (code, _, errors) = await DevAsync(_folder.FullName, Repository.PathOf("dev"), output: "error CS1002: ; expected", exit: 1, "run");

        code.ShouldBe(1);
        errors.ShouldContain("error CS1002: ; expected");
        Calls().ShouldAllBe(call => call.Contains("|build|", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Test_SomeSkipped_SaysInOneBlockWhatAndWhyAndEndsAsTheTestsDid(int exit)
    {
        var (code, output, _) = await DevAsync(_folder.FullName, Repository.PathOf("dev"), Skips, exit, "test", "--no-build");

        code.ShouldBe(exit);
        var block = output[output.IndexOf("------", StringComparison.Ordinal)..output.LastIndexOf("------", StringComparison.Ordinal)];
        block.ShouldContain("     2  There is no Chromium on this machine: install it.\n     1  There is no promtool on the PATH: install it.\n");
        output.TrimEnd().ShouldEndWith("7 passed, 0 failed, 3 skipped");
    }

    [Fact]
    public async Task Dev_WithoutTheSdk_SaysWhereItIs()
    {
        var (code, _, errors) = await DevAsync(_folder.FullName, Repository.PathOf("dev"), output: null, exit: 0, "run");

        code.ShouldBe(1);
        errors.ShouldContain("Install the .NET 10 SDK: https://dotnet.microsoft.com/download");
    }

    [Fact]
    public async Task Cluster_NodeThatDies_IsNamedAndTheOthersGoOnUntilTheyAreStopped()
    {
        var programs = Programs("bash", "dirname", "readlink", "mktemp", "rm", "cat", "sed", "sort", "tail", "sleep", "id");
        var postgres = _folder.CreateSubdirectory("postgres").FullName;
        Script(programs, "find", $"echo '{postgres}/initdb'");
        Script(programs, "chown", "exit 0");
        Script(programs, "setpriv", """while [[ $1 == --* ]]; do shift; done; exec "$@" """);
        Script(postgres, "initdb", "exit 0");
        Script(postgres, "pg_ctl", $"echo \"postgres $1\" >>'{_folder.FullName}/calls'");
        Script(
            programs,
            "dotnet",
            $$"""
            echo "$*" >>'{{_folder.FullName}}/calls'
            case "$*" in
              build* | *schema) exit 0 ;;
              *:8081*) exit 3 ;;
            esac
            trap 'kill $!; exit 0' TERM
            sleep 600 &
            wait
            """);
        using var process = Start(_folder.FullName, Repository.PathOf("dev"), programs, "cluster", "--Limits:MaxRuns", "7");
        var output = process.StandardOutput.ReadToEndAsync(Now.Cancel);
        string? line;
        do
        {
            line = await process.StandardError.ReadLineAsync(Now.Cancel);
        }
        while (line?.Contains("has ended", StringComparison.Ordinal) == false);

        line.ShouldBe("dev cluster: silo-1 has ended with exit code 3; 3 of 4 nodes go on.");
        process.HasExited.ShouldBeFalse();
        await Eventually.TrueAsync(() => Calls().Count(static call => call.Contains("--urls", StringComparison.Ordinal)) == 4, Now.Cancel);

        await Command.RunAsync("/", "kill", "-TERM", process.Id.ToString(CultureInfo.InvariantCulture));
        await process.WaitForExitAsync(Now.Cancel);

        (await output).ShouldContain("http://127.0.0.1:8090");
        process.ExitCode.ShouldBe(143);
        var nodes = Calls().Where(static call => call.Contains("--urls", StringComparison.Ordinal)).ToList();
        nodes.Count.ShouldBe(4);
        nodes.ShouldAllBe(static call => call.EndsWith("--Limits:MaxRuns 7", StringComparison.Ordinal));
        nodes.Select(static call => call.Split("--Management:Url ")[1].Split(' ')[0]).ShouldBeUnique();
        Calls()[^1].ShouldBe("postgres stop");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string[] Calls() => File.ReadAllLines(Path.Combine(_folder.FullName, "calls"));

    private Task<(int Code, string Output, string Errors)> DevAsync(string work, string script, params string[] args) =>
        DevAsync(work, script, output: "", exit: 0, args);

    /// <param name="output">What dotnet says; null = there is no dotnet.</param>
    /// <param name="exit">What <c>dotnet build</c> and <c>dotnet test</c> end with.</param>
    private async Task<(int Code, string Output, string Errors)> DevAsync(string work, string script, string? output, int exit, params string[] args)
    {
        var programs = Programs("bash", "dirname", "readlink", "mktemp", "rm", "cat", "tee", "sed", "awk", "env");
        if (output is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "output"), output + "\n", Now.Cancel);
            Script(
                programs,
                "dotnet",
                $$"""
                (IFS='|'; echo "$PWD|$*") >>'{{_folder.FullName}}/calls'
                case "$1" in
                  restore) ;;
                  build | test) cat '{{_folder.FullName}}/output'; exit {{exit}} ;;
                esac
                """);
        }

        using var process = Start(work, script, programs, args);
        var (said, errors) = (process.StandardOutput.ReadToEndAsync(Now.Cancel), process.StandardError.ReadToEndAsync(Now.Cancel));
        await process.WaitForExitAsync(Now.Cancel);
        return (process.ExitCode, await said, await errors);
    }

    /// <returns>A folder with these programs of the machine, and no others.</returns>
    private string Programs(params string[] names)
    {
        var programs = _folder.CreateSubdirectory("programs").FullName;
        foreach (var name in names)
        {
            var folder = Environment.GetEnvironmentVariable("PATH")!.Split(':').First(folder => File.Exists(Path.Combine(folder, name)));
            File.CreateSymbolicLink(Path.Combine(programs, name), Path.Combine(folder, name));
        }

        return programs;
    }

    private static void Script(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, $"#!/usr/bin/env bash\n{text}\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    private static Process Start(string work, string script, string programs, params string[] args)
    {
        var start = new ProcessStartInfo(Path.GetFullPath(script, work), args)
        {
            WorkingDirectory = work,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = programs;
        return Process.Start(start)!;
    }
}
