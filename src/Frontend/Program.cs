using Ensemble.Frontend.Hosting;

namespace Ensemble.Frontend;

/// <summary>The gateway as one process: HTTP in front, the in-process engine behind.</summary>
internal static class Program
{
    private static readonly ProgramCommands Commands = new(
        "ensemble-frontend", "Serves: HTTP and the engine in one process.", [ValidateCommand.Of(Console.Out, Console.Error)], OptionsReader.Known);

    private static Task<int> Main(string[] args) => Commands.RunAsync(args, ServeAsync, Console.Out, Console.Error);

    private static Task<int> ServeAsync(string[] args) =>
        FrontendProcess.RunAsync(() => FrontendHost.Build(args), Console.Error, static app => Welcome.Write(app, Console.Out));
}
