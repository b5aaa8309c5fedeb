using System.Globalization;
using System.Text;
using Ensemble.Catalog;
using Ensemble.Storage.Hosting;
using Ensemble.Storage.Sql;
using Ensemble.Storage.Sqlite;
using Ensemble.Storage.Tests.Support;
using Ensemble.Testing;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Storage.Tests.Sqlite;

/// <summary>What can be wrong with a file is said in one sentence that names it.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ensemble-");

    private string File1 => Path.Combine(_folder.FullName, "ensemble.db");

    [Fact]
    public async Task Open_FolderThatIsMissing_IsCreated()
    {
        var path = Path.Combine(_folder.FullName, "a", "b", "ensemble.db");
        await using var storage = Of(path);

        await storage.OpenAsync(Now.Cancel);

        File.Exists(path).ShouldBeTrue();
    }

    [Fact]
    public async Task Open_FileThatIsNoDatabase_SaysSoAndLeavesIt()
    {
        await File.WriteAllTextAsync(File1, "This is a letter, and a rather long one, so that it could be a header.", Now.Cancel);

        (await FailureAsync(File1)).ShouldContain("is not a SQLite database");

        (await File.ReadAllTextAsync(File1, Now.Cancel)).ShouldStartWith("This is a letter");
    }

    [Fact]
    public async Task Open_Folder_SaysThatItCannotBeOpened() => (await FailureAsync(_folder.FullName)).ShouldContain("cannot be opened or created");

    [Fact]
    public async Task Open_ParentThatIsAFile_SaysThatItCannotBeCreated()
    {
        await File.WriteAllTextAsync(File1, "", Now.Cancel);

        (await FailureAsync(Path.Combine(File1, "ensemble.db"))).ShouldContain("cannot be created");
    }

    [Fact]
    public async Task Open_FolderWhereNobodyMayWrite_SaysThatItCannotBeCreated()
    {
        // Nobody may create a file there, not even root.
        Assert.SkipUnless(Directory.Exists("/proc/self"), "No /proc.");

        (await FailureAsync("/proc/self/ensemble.db")).ShouldContain("cannot be opened or created");
        (await FailureAsync("/proc/ensemble/ensemble.db")).ShouldContain("cannot be created");
    }

    [Fact]
    public async Task Open_FolderThatIsReadOnly_SaysWhatToDo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || Environment.UserName == "root", "Root may write everywhere.");
        await Command.RunAsync("/", "chmod", "555", _folder.FullName);

        (await FailureAsync(File1)).ShouldContain("Storage:ConnectionString");

        await Command.RunAsync("/", "chmod", "755", _folder.FullName);
    }

    [Fact]
    public async Task Write_FileThatAnotherProcessLocked_IsTransientAndSaysSo()
    {
        await using var storage = Of(File1);
        await storage.OpenAsync(Now.Cancel);
        await using var other = new SqliteConnection($"Data Source={File1};Pooling=false");
        await other.OpenAsync(Now.Cancel);
        var locking = other.BeginTransaction(deferred: false);
        await using (locking)
        {
            var failure = await Should.ThrowAsync<StorageException>(() => storage.Catalog.WriteAsync([Change], 0, Now.Cancel));

            failure.IsTransient.ShouldBeTrue();
            failure.Message.ShouldContain(File1);
            failure.Message.ShouldContain("is locked by another process");

            // Whoever reads does not wait.
            (await storage.Catalog.ReadRevisionAsync(Now.Cancel)).ShouldBe(0);
        }

        (await storage.Catalog.WriteAsync([Change], 0, Now.Cancel)).ShouldBe(1);
    }

    [Fact]
    public async Task Open_FileThatAnotherProcessLocked_IsTransientAndSaysSo()
    {
        await using var other = new SqliteConnection($"Data Source={File1};Pooling=false");
        await other.OpenAsync(Now.Cancel);
        await using var command = new SqliteCommand("CREATE TABLE t (a); BEGIN EXCLUSIVE", other);
        await command.ExecuteNonQueryAsync(Now.Cancel);
        await using var storage = Of(File1);

        var failure = await Should.ThrowAsync<StorageException>(() => storage.OpenAsync(Now.Cancel));

        failure.IsTransient.ShouldBeTrue();
        failure.Message.ShouldContain("is locked by another process");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Jobs_FileThatAnotherProcessLocked_AllFailWithinSeconds(bool isOpen)
    {
        await using var storage = Of(File1);
        if (isOpen)
        {
            await storage.OpenAsync(Now.Cancel);
        }

        await using var other = new SqliteConnection($"Data Source={File1};Pooling=false");
        await other.OpenAsync(Now.Cancel);
        await using var command = new SqliteCommand("CREATE TABLE IF NOT EXISTS t (a); BEGIN EXCLUSIVE", other);
        await command.ExecuteNonQueryAsync(Now.Cancel);
        var began = TimeProvider.System.GetTimestamp();

        var failures = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
            await Should.ThrowAsync<StorageException>(() => storage.Catalog.WriteAsync([Change], 0, Now.Cancel))));

        // 5 s, and what a busy machine needs besides.
        TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(8));
        failures.ShouldAllBe(failure => failure.Message.Contains("is locked by another process") && failure.Message.Contains(File1));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Jobs_FileThatWasDeletedOrReplaced_FailUntilItIsBack(bool isReplaced)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not delete a file that is in use.");
        var log = new LogLines();
        await using var storage = EnsembleStorage.Create(
            new StorageOptions { ConnectionString = $"Data Source={File1}" }, TimeProvider.System, log);
        (await storage.Catalog.WriteAsync([Change], 0, Now.Cancel)).ShouldBe(1);
        storage.Problem.ShouldBeNull();
        var aside = Directory.CreateDirectory(Path.Combine(_folder.FullName, "aside")).FullName;
        foreach (var file in Directory.GetFiles(_folder.FullName))
        {
            File.Move(file, Path.Combine(aside, Path.GetFileName(file)));
        }

        if (isReplaced)
        {
            await File.WriteAllTextAsync(File1, "", Now.Cancel);
        }

        foreach (var job in (Func<Task>[])[() => storage.Catalog.WriteAsync([Change], 1, Now.Cancel), () => storage.Catalog.ReadRevisionAsync(Now.Cancel)])
        {
            var failure = await Should.ThrowAsync<StorageException>(job);
            failure.IsTransient.ShouldBeTrue();
            failure.Message.ShouldContain($"{File1} was deleted, moved or replaced");
            failure.Message.ShouldContain("restore it, or restart");
        }

        storage.Problem.ShouldNotBeNull().ShouldNotContain(File1);
        File.Exists(File1).ShouldBe(isReplaced);
        foreach (var file in Directory.GetFiles(aside))
        {
            File.Move(file, Path.Combine(_folder.FullName, Path.GetFileName(file)), overwrite: true);
        }

        (await storage.Catalog.ReadRevisionAsync(Now.Cancel)).ShouldBe(1);
        (await storage.Catalog.WriteAsync([Change], 1, Now.Cancel)).ShouldBe(2);
        storage.Problem.ShouldBeNull();
    }

    [Fact]
    public async Task Open_AfterAFailure_TriesAgain()
    {
        await File.WriteAllTextAsync(File1, "This is a letter, and a rather long one, so that it could be a header.", Now.Cancel);
        await using var storage = Of(File1);
        await Should.ThrowAsync<StorageException>(() => storage.Catalog.ReadRevisionAsync(Now.Cancel));
        File.Delete(File1);

        (await storage.Catalog.ReadRevisionAsync(Now.Cancel)).ShouldBe(0);
    }

    [Theory]
    [InlineData("data/ensemble.db")]
    [InlineData("Data Source=:memory:")]
    [InlineData("Data Source=file::memory:?cache=shared")]
    [InlineData("Data Source=")]
    [InlineData("Data Source=a.db;Mode=Memory")]
    [InlineData("Host=db;Username=u;Password=s3cret")]
    [InlineData("Password=s3cret\";")]
    public void Create_ConnectionStringThatIsNoFile_SaysWhatOneIs(string connectionString)
    {
        var failure = Should.Throw<StorageException>(() => EnsembleStorage.Create(
            new StorageOptions { ConnectionString = connectionString }, TimeProvider.System, NullLoggerFactory.Instance));

        failure.Message.ShouldContain("Data Source=PATH");
        failure.ToString().ShouldNotContain("s3cret");
    }

    [Fact]
    public async Task Write_ByDurability_WaitsForTheDiskOrDoesNot()
    {
        await using var database = new SqliteDatabase(File1, Migration.For(SqliteDatabase.SqlDialect), TimeProvider.System);

        // 2 is FULL, 1 is NORMAL.
        foreach (var (durability, level) in ((Durability, string)[])[(Durability.PowerCut, "2"), (Durability.ProcessEnd, "1"), (Durability.PowerCut, "2")])
        {
            (await PragmaAsync(database, "synchronous", durability)).ShouldBe(level);
        }

        (await PragmaAsync(database, "journal_mode", Durability.PowerCut)).ShouldBe("wal");
        (await PragmaAsync(database, "foreign_keys", Durability.PowerCut)).ShouldBe("1");

        // What is left of the 4 s after the job has waited for its turn.
        int.Parse((await PragmaAsync(database, "busy_timeout", Durability.PowerCut))!, CultureInfo.InvariantCulture).ShouldBeInRange(1, 4000);
    }

    [Fact]
    public async Task Write_CancelledWhileItWaits_DoesNotHappen()
    {
        await using var database = new SqliteDatabase(File1, Migration.For(SqliteDatabase.SqlDialect), TimeProvider.System);
        await database.OpenAsync(Now.Cancel);
        using var running = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        var slow = database.WriteAsync(
            session =>
            {
                running.Set();
                goOn.Wait(Now.Cancel);
                return Task.FromResult(0);
            },
            Durability.ProcessEnd,
            Now.Cancel);
        running.Wait(Now.Cancel);
        using var cancel = new CancellationTokenSource();
        var waiting = new SqlCatalogStore(database).WriteAsync([Change], 0, cancel.Token);

        await cancel.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        goOn.Set();
        await slow;
        (await new SqlCatalogStore(database).WriteAsync([Change], 0, Now.Cancel)).ShouldBe(1);
    }

    [Fact]
    public async Task Use_AfterDispose_IsRefused()
    {
        var storage = Of(File1);
        await storage.OpenAsync(Now.Cancel);

        await storage.DisposeAsync();
        await storage.DisposeAsync();

        await Should.ThrowAsync<ObjectDisposedException>(() => storage.Catalog.ReadRevisionAsync(Now.Cancel));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static CatalogChange Change => new(CatalogEntryKind.Model, "a", Encoding.UTF8.GetBytes("{}"));

    private static IEnsembleStorage Of(string path) => EnsembleStorage.Create(
        new StorageOptions { ConnectionString = $"Data Source={path}" }, TimeProvider.System, NullLoggerFactory.Instance);

    private static async Task<string> FailureAsync(string path)
    {
        await using var storage = Of(path);
        var failure = await Should.ThrowAsync<StorageException>(() => storage.OpenAsync(Now.Cancel));
        failure.IsTransient.ShouldBeFalse();
        failure.Message.ShouldStartWith($"The database {path} ");
        failure.Message.ShouldNotContain("\n");
        return failure.Message;
    }

    private static async Task<string?> PragmaAsync(SqliteDatabase database, string name, Durability durability) =>
        (await database.WriteAsync(session => session.QueryAsync($"PRAGMA {name}", static row => row.GetValue(0).ToString()), durability, Now.Cancel)).Single();
}
