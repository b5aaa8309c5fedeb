using Ensemble.Frontend.Hosting;

namespace Ensemble.Frontend;

/// <summary>The gateway as one process: HTTP in front, the in-process engine behind.</summary>
internal static class Program
{
    private static Task<int> Main(string[] args) => args is ["validate", ..]
        ? ValidateCommand.RunAsync(args[1..], Console.Out, Console.Error)
        : FrontendProcess.RunAsync(() => FrontendHost.Build(args), Console.Error, static app => Welcome.Write(app, Console.Out));
}
