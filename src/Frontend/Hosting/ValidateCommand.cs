using Ensemble.Catalog;
using Ensemble.Catalog.Reading;
using Ensemble.Catalog.Secrets;

namespace Ensemble.Frontend.Hosting;

/// <summary><c>validate FILE</c>: checks a catalog file and says everything that is wrong with it.</summary>
internal static class ValidateCommand
{
    public static Command Of(TextWriter output, TextWriter errors) => new(
        "validate", "FILE", "Reads a catalog file, says everything that is wrong with it, and serves nothing.",
        args => RunAsync(args[0], output, errors));

    /// <returns>The exit code: 0 where the catalog can be served, 1 otherwise.</returns>
    private static async Task<int> RunAsync(string file, TextWriter output, TextWriter errors)
    {
        try
        {
            var result = CatalogReader.Read(await File.ReadAllBytesAsync(file), revision: 1, new SecretResolver(TimeProvider.System));
            await (result.Snapshot is null ? errors : output).WriteLineAsync(CatalogReport.Format(result));
            return result.Snapshot is null ? 1 : 0;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"{file}: cannot be read: {exception.Message}");
            return 1;
        }
    }
}
