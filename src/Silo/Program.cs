using Ensemble.Frontend.Hosting;
using Ensemble.Silo.Hosting;
using Ensemble.Silo.Membership;

namespace Ensemble.Silo;

/// <summary>A node of the cluster: a silo, an HTTP frontend, or both in one process.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => args switch
    {
        ["schema", "wait", ..] => SchemaCommand.WaitAsync(args[2..], Console.Out, Console.Error, TimeProvider.System),
        ["schema", ..] => SchemaCommand.RunAsync(args[1..], Console.Out, Console.Error),
        ["validate", ..] => ValidateCommand.RunAsync(args[1..], Console.Out, Console.Error),
        _ => FrontendProcess.RunAsync(() => NodeHost.Build(args), Console.Error),
    };
}
