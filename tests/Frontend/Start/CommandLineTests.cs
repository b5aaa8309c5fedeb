using System.CommandLine;
using Ensemble.Silo.Commands;
using Ensemble.Silo.Options;
using Microsoft.Extensions.Configuration;

namespace Ensemble.Frontend.Tests.Start;

/// <summary>What a command line asks for, where commands have one word or two.</summary>
public sealed class CommandLineTests : IDisposable
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
    [InlineData("file send a.json --x 1 --now", "file send a.json --now --x 1")]
    [InlineData("file send --now --a.json /x:y 1 z=2", "file send --a.json --now /x:y 1 z=2")]
    [InlineData("file send a.json --x 1 --pace 3 --y", "file send a.json --pace 3 --x 1 --y")]
    [InlineData("file send @a.json --x @b.json", "file send @a.json --x @b.json")]
    [InlineData("tables --x wait", "tables --x wait")]
    [InlineData("--x check --y file --z=tables", "serve --x check --y file --z=tables")]
    [InlineData("--x:y=1 -xy --x", "serve --x:y=1 -xy --x")]
    [InlineData("--x 1 stray", "serve --x 1 stray")]
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
    [InlineData("file send", "file send: takes one FILE, and which one is missing. Usage: program file send FILE [--now] [--pace]")]
    [InlineData("file send a.json b.json", "2 arguments were given")]
    [InlineData("file send a.json --pace fast", "'fast' for option '--pace'")]
    [InlineData("file", "Did you mean \"file send\"?")]
    [InlineData("serve", "Commands: check, file send, tables, tables wait.")]
    [InlineData("Check a.json", "Did you mean \"check\"?")]
    [InlineData("check", "check: takes one FILE, and which one is missing. Usage: program check FILE")]
    [InlineData("check a.json b.json", "2 arguments were given")]
    [InlineData("check a.json --x 1", "3 arguments were given")]
    public async Task Run_WhatIsNotKnown_Is2WithTheNearest(string line, string words)
    {
        (await RunAsync(line)).ShouldBe(CommandLine.UsageError);

        _ran.ShouldBeEmpty();
        _output.ToString().ShouldBeEmpty();
        _errors.ToString().ShouldContain(words);
    }

    [Theory]
    [InlineData("--help", "--Some:Option")]
    [InlineData("-h", "tables wait")]
    [InlineData("/?", "check <FILE>")]
    [InlineData("--help", "1 to 9 (default 4)")]
    [InlineData("file send --help", "--now")]
    [InlineData("help", "--version")]
    [InlineData("--x 1 --help", "--Some:Option")]
    [InlineData("check --help", "program check <FILE>")]
    [InlineData("tables wait --help", "program tables wait")]
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
        var (program, file, tables) = (new Command("program", "Serves."), new Command("file", "Files."), Command("tables"));
        var checkedFile = new Argument<string>("FILE");
        var check = new Command("check", "Checks.") { checkedFile };
        check.SetAction(found => Ran("check", found.GetRequiredValue(checkedFile)));
        var (sentFile, now, options) = (new Argument<string>("FILE"), new Option<bool>("--now"), ConfigurationArguments.Create());
        var pace = new Option<int>("--pace");
        var send = new Command("send", "Sends.") { sentFile, now, pace, options };
        send.SetAction(found => Ran(
            ["file send", found.GetRequiredValue(sentFile), .. found.GetValue(now) ? (string[])["--now"] : [],
            .. found.GetValue(pace) is > 0 and var chosen ? (string[])[$"--pace {chosen}"] : [], .. found.GetValue(options) ?? []]));
        file.Subcommands.Add(send);
        tables.Subcommands.Add(Command("wait", "tables wait"));
        var served = ConfigurationArguments.Create();
        program.Arguments.Add(served);
        program.SetAction(found => Ran(["serve", .. found.GetValue(served) ?? []]));
        foreach (var command in (Command[])[check, file, tables])
        {
            program.Subcommands.Add(command);
        }

        return new CommandLine(program, OptionProperty.Of(typeof(SomeOptions)))
            .RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries), _output, _errors);
    }

    private Command Command(string name, string? shown = null)
    {
        var options = ConfigurationArguments.Create();
        var command = new Command(name, "Makes tables.") { options };
        command.SetAction(found => Ran([shown ?? name, .. found.GetValue(options) ?? []]));
        return command;
    }

    private int Ran(params string[] words)
    {
        _ran.Add(string.Join(' ', words));
        return 7;
    }

    private sealed record SomeOptions
    {
        [ConfigurationKeyName("Some:Option"), System.ComponentModel.DataAnnotations.Range(1, 9)]
        public int Option { get; init; } = 4;
    }
}
