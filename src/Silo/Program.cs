using System.CommandLine;
using Ensemble.Silo.Commands;
using Ensemble.Silo.Hosting;
using Ensemble.Silo.Options;

namespace Ensemble.Silo;

/// <summary>A node of the cluster: a silo, an HTTP frontend, or both in one process.</summary>
internal static class Program
{
    /// <summary>Without a command the program serves; each command has a file in <c>Commands</c>, and its entry here.</summary>
    public static Commands.CommandLine CommandLine()
    {
        var options = ConfigurationArguments.Create();
        var program = new Command(
            "ensemble-silo", "Serves as a node of a cluster: a silo, an HTTP frontend, or both in one process (--role).")
        {
            options,
            ValidateCommand.Create(),
            EvalCommand.Create(),
            CatalogCommand.Create(options),
            SchemaCommand.Create(options, TimeProvider.System),
        };
        program.SetAction((line, _) => ServerProcess.RunAsync(
            line.GetValue(options) ?? [], line.InvocationConfiguration.Output, line.InvocationConfiguration.Error));
        return new Commands.CommandLine(program, NodeConfiguration.Options);
    }

    // The options of an evaluation are its own: none of them is one of the configuration.
    private static Task<int> Main(string[] args) => args is [EvalCommand.Name, .. var options]
        ? EvalCommand.RunAsync(options, Console.Out, Console.Error)
        : CommandLine().RunAsync(args, Console.Out, Console.Error);
}
