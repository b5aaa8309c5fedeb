using System.CommandLine;
using Ensemble.Catalog;
using Ensemble.Catalog.Editing;
using Ensemble.Catalog.Secrets;
using Ensemble.Frontend.Options;
using Ensemble.Silo.Hosting;
using Ensemble.Silo.Options;
using Ensemble.Storage;
using Ensemble.Storage.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Silo.Commands;

/// <summary><c>catalog apply FILE</c>: makes the stored catalog what a file says. Nodes take it over by themselves.</summary>
internal static class CatalogCommand
{
    /// <param name="options">Those of the configuration.</param>
    public static Command Create(Argument<string[]> options)
    {
        var file = new Argument<string>("FILE") { Description = "The catalog file." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Says what the file changes, and writes nothing." };
        var apply = new Command(
            "apply", "Makes the stored catalog what the file says, and says what that changes. Takes the program's options too.")
        {
            file, dryRun, options,
        };
        apply.SetAction((line, _) => ApplyAsync(
            line.GetRequiredValue(file),
            line.GetValue(dryRun),
            line.GetValue(options) ?? [],
            line.InvocationConfiguration.Output,
            line.InvocationConfiguration.Error));
        return new Command("catalog", "Changes the stored catalog.") { apply };
    }

    /// <returns>The exit code: 0 where the store holds what the file says, or would without <c>--dry-run</c>; 1 otherwise.</returns>
    private static async Task<int> ApplyAsync(string file, bool dryRun, string[] args, TextWriter output, TextWriter errors)
    {
        try
        {
            var options = Read(args);
            var json = await File.ReadAllBytesAsync(file);
            await using var storage = EnsembleStorage.Create(options.Storage, TimeProvider.System, NullLoggerFactory.Instance);
            await storage.OpenAsync(CancellationToken.None);
            var applier = new CatalogApplier(storage.Catalog, new SecretPolicy(options.SecretDirectory));
            var result = await applier.ApplyAsync(json, dryRun, CancellationToken.None);
            await (result.Errors.Count > 0 ? errors : output).WriteLineAsync(ApplyReport.Format(result, dryRun));
            return result.Errors.Count > 0 ? 1 : 0;
        }
        catch (Exception exception) when (exception is StartupException or StorageException or CatalogException)
        {
            await errors.WriteLineAsync(exception.Message);
            return 1;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            await errors.WriteLineAsync($"{file}: cannot be read: {exception.Message}");
            return 1;
        }
    }

    // With a cluster's connection it is the cluster's catalog.
    private static FrontendOptions Read(string[] args)
    {
        var options = NodeBuilder.Create(args, NodeRole.All).Frontend;
        return options.Storage.Provider == StorageProvider.Memory
            ? throw new StartupException(
                "option Storage:Provider: 'memory' ends with this command. Name the database of the nodes: sqlite or postgres.")
            : options;
    }
}
