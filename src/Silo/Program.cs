using Ensemble.Evaluation.Commands;
using Ensemble.Frontend.Hosting;
using Ensemble.Silo.Hosting;
using Ensemble.Silo.Membership;

namespace Ensemble.Silo;

/// <summary>A node of the cluster: a silo, an HTTP frontend, or both in one process.</summary>
internal static class Program
{
    private static readonly ProgramCommands Commands = new(
        "ensemble-silo",
        "Serves as a node of a cluster: a silo, an HTTP frontend, or both in one process (--role).",
        [
            ValidateCommand.Of(Console.Out, Console.Error),
            CatalogCommand.Of(Console.Out, Console.Error),
            new("eval", null, EvaluationCommand.Summary, static args => EvaluationCommand.RunAsync(args, Console.Out, Console.Error))
            { Help = EvaluationCommand.Usage },
            new("schema", null, "Makes all tables that the cluster's nodes use.", static args => SchemaCommand.RunAsync(
                args, Console.Out, Console.Error)),
            new(
                "schema wait", null, "Ends when these tables are there.",
                static args => SchemaCommand.WaitAsync(args, Console.Out, Console.Error, TimeProvider.System)),
        ],
        NodeOptionsReader.Known);

    private static Task<int> Main(string[] args) => Commands.RunAsync(args, ServeAsync, Console.Out, Console.Error);

    private static Task<int> ServeAsync(string[] args) => FrontendProcess.RunAsync(() => NodeHost.Build(args), Console.Error, PrintBanner);

    private static void PrintBanner(WebApplication app)
    {
        if (app.Services.GetRequiredService<NodeOptions>().Role is not NodeRole.Silo)
        {
            StartupBanner.Write(app, Console.Out);
        }
    }
}
