using System.CommandLine;
using Ensemble.Catalog;
using Ensemble.Catalog.Reading;
using Ensemble.Catalog.Secrets;

namespace Ensemble.Silo.Commands;

/// <summary><c>validate FILE</c>: checks a catalog file and says everything that is wrong with it.</summary>
internal static class ValidateCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "The catalog file." };
        var command = new Command("validate", "Reads a catalog file, says everything that is wrong with it, and serves nothing.") { file };
        command.SetAction((line, _) =>
            RunAsync(line.GetRequiredValue(file), line.InvocationConfiguration.Output, line.InvocationConfiguration.Error));
        return command;
    }

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
