using System.Globalization;
using Ensemble.Storage.Tests.Support;

namespace Ensemble.Storage.Tests.Processes;

/// <summary>Processes that start on an empty database at the same time and then contend for each revision.</summary>
public sealed class ContentionTests
{
    private const int Writes = 100;

    public static TheoryData<StorageProvider> Sql => TestDatabase.Sql;

    [Theory]
    [MemberData(nameof(Sql))]
    public async Task Write_ByFourProcesses_EachRevisionIsAcknowledgedToOne(StorageProvider provider)
    {
        await using var database = await TestDatabase.CreateAsync(provider);

        var outputs = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => RunAsync(database)));

        outputs.ShouldAllBe(lines => lines.Length == Writes);
        outputs.SelectMany(lines => lines).Where(line => line != "lost").Select(line => int.Parse(line, CultureInfo.InvariantCulture)).Order()
            .ShouldBe(Enumerable.Range(1, Writes));
        var document = await database.Another().Catalog.ReadAsync(Now.Cancel);
        document.Revision.ShouldBe(Writes);
        document.Entries.Count.ShouldBe(Writes);
    }

    private static async Task<string[]> RunAsync(TestDatabase database)
    {
        using var process = Writer.Start(database, Writes);
        var errors = process.StandardError.ReadToEndAsync(Now.Cancel);
        var output = await process.StandardOutput.ReadToEndAsync(Now.Cancel);
        (await errors).ShouldBeEmpty();
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
