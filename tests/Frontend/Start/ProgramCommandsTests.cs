using Ensemble.Frontend.Hosting;

namespace Ensemble.Frontend.Tests.Start;

/// <summary>What a command line asks for, where commands have one word or two.</summary>
public sealed class ProgramCommandsTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();
    private readonly List<string> _ran = [];

    public void Dispose()
    {
        _output.Dispose();
        _errors.Dispose();
    }

    [Theory]
    [InlineData("check a.json", "check a.json")]
    [InlineData("check --a.json", "check --a.json")]
    [InlineData("check /a.json", "check /a.json")]
    [InlineData("file send a.json", "file send a.json")]
    [InlineData("file send /a.json --now --x 1", "file send /a.json --now --x 1")]
    [InlineData("tables", "tables")]
    [InlineData("tables --x 1", "tables --x 1")]
    [InlineData("tables wait", "tables wait")]
    [InlineData("tables wait --x 1", "tables wait --x 1")]
    [InlineData("--x 1", "serve --x 1")]
    [InlineData("x=1", "serve x=1")]
    [InlineData("", "serve")]
    public async Task Run_WhatIsKnown_IsDoneWithTheRest(string line, string ran)
    {
        (await RunAsync(line)).ShouldBe(7);

        _ran.ShouldBe([ran]);
        (_output.ToString() + _errors).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("chek a.json", "Did you mean \"check\"?")]
    [InlineData("table", "Did you mean \"tables\"?")]
    [InlineData("tables wiat --x 1", "Did you mean \"tables wait\"?")]
    [InlineData("tables waiting for long", "command 'tables waiting for long'")]
    [InlineData("file send", "file send: takes one FILE, and which one is missing. Usage: program file send FILE [--now]")]
    [InlineData("file send a.json b.json", "2 arguments were given")]
    [InlineData("file", "Did you mean \"file send\"?")]
    [InlineData("serve", "Commands: check, file send, tables, tables wait.")]
    [InlineData("Check a.json", "Did you mean \"check\"?")]
    [InlineData("check", "check: takes one FILE, and which one is missing. Usage: program check FILE")]
    [InlineData("check a.json b.json", "2 arguments were given")]
    [InlineData("check a.json --x 1", "3 arguments were given")]
    public async Task Run_WhatIsNotKnown_Is2WithTheNearest(string line, string words)
    {
        (await RunAsync(line)).ShouldBe(ProgramCommands.UsageError);

        _ran.ShouldBeEmpty();
        _output.ToString().ShouldBeEmpty();
        _errors.ToString().ShouldContain(words);
    }

    [Theory]
    [InlineData("--help", "--Some:Option")]
    [InlineData("-h", "tables wait")]
    [InlineData("/?", "check FILE")]
    [InlineData("help", "--version")]
    [InlineData("--x 1 --help", "--Some:Option")]
    [InlineData("check --help", "Usage: program check FILE")]
    [InlineData("tables wait --help", "Usage: program tables wait")]
    [InlineData("--version", "Ensemble.Orleans ")]
    [InlineData("version", "Ensemble.Orleans ")]
    public async Task Run_Help_IsShownAndNothingIsDone(string line, string words)
    {
        (await RunAsync(line)).ShouldBe(0);

        _ran.ShouldBeEmpty();
        _output.ToString().ShouldContain(words);
        _errors.ToString().ShouldBeEmpty();
    }

    private Task<int> RunAsync(string line)
    {
        var commands = new ProgramCommands(
            "program",
            "Serves.",
            [
                new Command("check", "FILE", "Checks.", args => RanAsync("check", args)),
                new Command("file send", "FILE", "Sends.", args => RanAsync("file send", args), "[--now]"),
                new Command("tables", null, "Makes tables.", args => RanAsync("tables", args)),
                new Command("tables wait", null, "Waits for tables.", args => RanAsync("tables wait", args)),
            ],
            ["Some:Option"]);
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return commands.RunAsync(words, args => RanAsync("serve", args), _output, _errors);
    }

    private Task<int> RanAsync(string name, string[] args)
    {
        _ran.Add(string.Join(' ', args.Prepend(name)));
        return Task.FromResult(7);
    }
}
