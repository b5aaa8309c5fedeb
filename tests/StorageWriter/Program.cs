using System.Globalization;
using System.Text;
using Ensemble.Catalog;
using Ensemble.Storage.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Storage.Writer;

/// <summary>
/// Writes to a catalog as fast as it can and says after each write which revision was acknowledged, or that somebody else was faster.
/// Arguments: provider, number of writes. The connection string comes in the environment, since arguments are for everybody to see.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        var options = new StorageOptions
        {
            Provider = Enum.Parse<StorageProvider>(args[0]),
            ConnectionString = Environment.GetEnvironmentVariable("WRITER_CONNECTION"),
        };
        var writes = long.Parse(args[1], CultureInfo.InvariantCulture);
        var storage = EnsembleStorage.Create(options, TimeProvider.System, NullLoggerFactory.Instance);
        await using (storage)
        {
            var output = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
            await using (output)
            {
                for (var revision = 0L; revision < writes; revision++)
                {
                    var text = revision.ToString(CultureInfo.InvariantCulture);
                    var change = new CatalogChange(CatalogEntryKind.Model, $"model-{text}", Encoding.UTF8.GetBytes(text));
                    var written = await storage.Catalog.WriteAsync([change], revision, CancellationToken.None);
                    await output.WriteLineAsync(written?.ToString(CultureInfo.InvariantCulture) ?? "lost");
                }
            }
        }

        return 0;
    }
}
