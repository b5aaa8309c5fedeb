using Ensemble.Catalog;

namespace Ensemble.Frontend.Hosting;

/// <summary><c>validate FILE</c>: checks a catalog file and says everything that is wrong with it.</summary>
internal static class ValidateCommand
{
    /// <returns>The exit code: 0 where the catalog can be served, 1 otherwise.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        if (args is not [var file])
        {
            await errors.WriteLineAsync("Usage: validate FILE");
            return 1;
        }

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
