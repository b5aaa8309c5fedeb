using Ensemble.Catalog.Secrets;
using Ensemble.Catalog.Serving;
using Ensemble.Testing;
using Microsoft.Extensions.Logging;

namespace Ensemble.Catalog.Tests;

public sealed class FileCatalogTests : IDisposable
{
    private const string One = """{ "models": [ { "display_name": "one", "provider": "simulated" } ] }""";
    private const string Two = """{ "models": [ { "display_name": "two", "provider": "simulated" } ] }""";
    private const string Bad = """{ "models": [ { "display_name": "one", "provider": "simulatd" } ] }""";
    private const string Worse = """{ "models": [ { "display_name": "", "provider": "simulatd" } ] }""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("catalog-");
    private readonly ManualTimeProvider _clock = new();
    private readonly RecordingLogger _log = new();
    private readonly List<long> _raised = [];
    private readonly Dictionary<string, string> _environment = [];

    private string FilePath => Path.Combine(_folder.FullName, "catalog.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Open_ValidFile_IsServedAtRevisionOne()
    {
        using var catalog = Open(One);

        catalog.Current.Revision.ShouldBe(1);
        catalog.Current.Models.Keys.ShouldBe(["one"]);
        catalog.Problem.ShouldBeNull();
    }

    [Fact]
    public void Open_BadFile_ThrowsTheWholeReport()
    {
        var exception = Should.Throw<CatalogException>(() => Open(Worse));

        exception.Errors.Count.ShouldBe(2);
        exception.Message.ShouldContain(FilePath);
        exception.Message.ShouldContain("models[0].display_name");
        exception.Message.ShouldContain("Did you mean \"simulated\"?");
        exception.Message.ShouldEndWith("2 errors, no warnings", Case.Sensitive);
        _clock.PendingTimers.ShouldBe(0);
    }

    [Fact]
    public void Open_NoFile_ThrowsWithThePath() =>
        Should.Throw<CatalogException>(() => OpenWithoutWriting()).Message.ShouldContain(FilePath);

    [Fact]
    public void Poll_ChangedFile_IsServedUnderTheNextRevision()
    {
        using var catalog = Open(One);

        File.WriteAllText(FilePath, Two);
        _clock.Advance(TimeSpan.FromSeconds(2) - TimeSpan.FromTicks(1));
        catalog.Current.Revision.ShouldBe(1);
        _clock.Advance(TimeSpan.FromTicks(1));

        catalog.Current.Revision.ShouldBe(2);
        catalog.Current.Models.Keys.ShouldBe(["two"]);
        _raised.ShouldBe([2]);
    }

    [Fact]
    public void Poll_SameContentWrittenAgain_ChangesNothing()
    {
        using var catalog = Open(One);
        var before = catalog.Current;

        File.WriteAllText(FilePath, One);
        Poll();

        catalog.Current.ShouldBeSameAs(before);
        _raised.ShouldBeEmpty();
    }

    [Fact]
    public void Poll_BadFile_KeepsTheLastGoodOneAndSaysSoOncePerContent()
    {
        using var catalog = Open(One);
        var before = catalog.Current;

        File.WriteAllText(FilePath, Bad);
        Poll();
        Poll();

        catalog.Current.ShouldBeSameAs(before);
        catalog.Problem.ShouldNotBeNull().ShouldContain("catalog.json is not served: 1 error, the first is models[0].provider");
        _raised.ShouldBeEmpty();
        _log.Warnings.ShouldHaveSingleItem().ShouldContain("Did you mean \"simulated\"?");

        File.WriteAllText(FilePath, Worse);
        Poll();
        Poll();

        _log.Warnings.Count.ShouldBe(2);
        catalog.Problem.ShouldNotBeNull().ShouldContain("2 errors");
    }

    [Fact]
    public void Poll_GoodFileAfterABadOne_ClearsTheProblem()
    {
        using var catalog = Open(One);
        File.WriteAllText(FilePath, Bad);
        Poll();

        File.WriteAllText(FilePath, Two);
        Poll();

        catalog.Refusals.ShouldBe(1);
        catalog.Problem.ShouldBeNull();
        catalog.Current.Revision.ShouldBe(2);
        _raised.ShouldBe([2]);
    }

    [Fact]
    public void Poll_OldFileAfterABadOne_ClearsTheProblemWithoutANewRevision()
    {
        using var catalog = Open(One);
        File.WriteAllText(FilePath, Bad);
        Poll();

        File.WriteAllText(FilePath, One);
        Poll();

        catalog.Problem.ShouldBeNull();
        catalog.Current.Revision.ShouldBe(1);
        _raised.ShouldBeEmpty();

        File.WriteAllText(FilePath, Bad);
        Poll();
        _log.Warnings.Count.ShouldBe(2);
    }

    [Fact]
    public void Poll_VanishedFile_KeepsTheLastGoodOneUntilItIsBack()
    {
        using var catalog = Open(One);

        File.Delete(FilePath);
        Poll();
        Poll();

        catalog.Current.Models.Keys.ShouldBe(["one"]);
        catalog.Problem.ShouldNotBeNull().ShouldContain("cannot be read");
        _log.Warnings.Count.ShouldBe(1);

        File.WriteAllText(FilePath, Two);
        Poll();
        catalog.Problem.ShouldBeNull();
        catalog.Current.Models.Keys.ShouldBe(["two"]);
    }

    [Fact]
    public void Poll_SwappedSymbolicLinks_AreFollowed()
    {
        // As a mounted ConfigMap: catalog.json → ..data/catalog.json, and ..data → a folder that is replaced as a whole.
        Write("v1", One);
        Write("v2", Two);
        var data = Path.Combine(_folder.FullName, "..data");
        Directory.CreateSymbolicLink(data, "v1");
        File.CreateSymbolicLink(FilePath, Path.Combine("..data", "catalog.json"));
        using var catalog = OpenWithoutWriting();

        File.Delete(data);
        Directory.CreateSymbolicLink(data, "v2");
        Poll();

        catalog.Current.Models.Keys.ShouldBe(["two"]);
    }

    [Fact]
    public void Poll_WhileAnotherPollRuns_DoesNothing()
    {
        using var catalog = Open(One);
        var depth = 0;
        catalog.Changed += _ =>
        {
            depth++;
            File.WriteAllText(FilePath, One);
            Poll();
            catalog.Current.Revision.ShouldBe(2);
            depth--;
        };

        File.WriteAllText(FilePath, Two);
        Poll();

        depth.ShouldBe(0);
        _log.Errors.ShouldBeEmpty();
        catalog.Current.Revision.ShouldBe(2);
    }

    [Fact]
    public void Poll_ListenerThatThrows_DoesNotKeepTheOthersFromHearing()
    {
        using var catalog = OpenWithoutListener(One);
        catalog.Changed += _ => throw new InvalidOperationException("listener");
        catalog.Changed += snapshot => _raised.Add(snapshot.Revision);

        File.WriteAllText(FilePath, Two);
        Poll();

        _raised.ShouldBe([2]);
        _log.Errors.ShouldHaveSingleItem();
    }

    [Fact]
    public void Poll_RotatedCallerKey_IsAChange()
    {
        _environment["CALLER"] = "sk-0123456789abcdef";
        using var catalog = Open("""{ "models": [ { "display_name": "one", "provider": "simulated" } ], "keys": [ { "name": "x", "key": "env:CALLER" } ] }""");
        var before = catalog.Current.Keys[0].Sha256.ToArray();
        Poll();
        catalog.Current.Revision.ShouldBe(1);

        _environment["CALLER"] = "sk-fedcba9876543210";
        Poll();

        catalog.Current.Revision.ShouldBe(2);
        catalog.Current.Keys[0].Sha256.ToArray().ShouldNotBe(before);
    }

    [Fact]
    public void Open_DoubtfulFile_KeepsItsWarningsAndLogsThem()
    {
        using var catalog = Open("""{ "models": [ { "display_name": "one", "provider": "simulated", "api_key": "env:X" } ] }""");

        catalog.Warnings.ShouldHaveSingleItem().Path.ShouldBe("models[0].api_key");
        _log.Warnings.ShouldHaveSingleItem().ShouldContain("1 warning");

        File.WriteAllText(FilePath, Two);
        Poll();
        catalog.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void Dispose_EndsThePolling()
    {
        var catalog = Open(One);
        catalog.Dispose();

        File.WriteAllText(FilePath, Two);
        Poll();

        _clock.PendingTimers.ShouldBe(0);
        catalog.Current.Revision.ShouldBe(1);
    }

    private void Poll() => _clock.Advance(TimeSpan.FromSeconds(2));

    private void Write(string folder, string json)
    {
        var path = Directory.CreateDirectory(Path.Combine(_folder.FullName, folder)).FullName;
        File.WriteAllText(Path.Combine(path, "catalog.json"), json);
    }

    private FileCatalog Open(string json)
    {
        var catalog = OpenWithoutListener(json);
        catalog.Changed += snapshot => _raised.Add(snapshot.Revision);
        return catalog;
    }

    private FileCatalog OpenWithoutListener(string json)
    {
        File.WriteAllText(FilePath, json);
        return OpenWithoutWriting();
    }

    private FileCatalog OpenWithoutWriting() =>
        FileCatalog.Open(FilePath, new SecretResolver(_clock, name => _environment.GetValueOrDefault(name)), _clock, _log);

    private sealed class RecordingLogger : ILogger<FileCatalog>
    {
        public List<string> Warnings { get; } = [];

        public List<string> Errors { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning)
            {
                (logLevel == LogLevel.Warning ? Warnings : Errors).Add(formatter(state, exception));
            }
        }
    }
}
