using Ensemble.Catalog;
using Ensemble.Catalog.Editing;
using Ensemble.Catalog.Secrets;
using Ensemble.Frontend.Hosting;
using Ensemble.Storage;
using Ensemble.Storage.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ensemble.Silo.Hosting;

/// <summary><c>catalog apply FILE</c>: makes the stored catalog what a file says. Nodes take it over by themselves.</summary>
internal static class CatalogCommand
{
    private const string DryRun = "--dry-run";

    public static Command Of(TextWriter output, TextWriter errors) => new(
        "catalog apply",
        "FILE",
        "Makes the stored catalog what the file says, and says what that changes; with --dry-run nothing is written.",
        args => ApplyAsync(args, output, errors),
        $"[{DryRun}]");

    /// <param name="args">The file, then options.</param>
    /// <returns>The exit code: 0 where the store holds what the file says, or would without <c>--dry-run</c>; 1 otherwise.</returns>
    public static async Task<int> ApplyAsync(string[] args, TextWriter output, TextWriter errors)
    {
        var file = args[0];
        string[] rest = [.. args.Skip(1).Where(static argument => argument != DryRun)];
        var dryRun = rest.Length < args.Length - 1;
        try
        {
            var options = Read(rest);
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

    private static FrontendOptions Read(string[] args)
    {
        var (builder, problems) = FrontendHost.CreateBuilder(args, NodeOptionsReader.Known);

        // With a cluster's connection it is the cluster's catalog: which role makes no difference.
        var role = string.IsNullOrEmpty(builder.Configuration[NodeOptionsReader.Connection]) ? NodeRole.All : NodeRole.Frontend;
        var options = NodeHost.ReadOptions(builder, problems, role).Frontend;
        return options.Storage.Provider == StorageProvider.Memory
            ? throw new StartupException(
                "option Storage:Provider: 'memory' ends with this command. Name the database of the nodes: sqlite or postgres.")
            : options;
    }
}
