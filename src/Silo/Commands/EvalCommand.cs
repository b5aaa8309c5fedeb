using System.CommandLine;
using Ensemble.Evaluation.Commands;

namespace Ensemble.Silo.Commands;

/// <summary><c>eval</c>: says whether an ensemble is worth its money, on questions of a file.</summary>
internal static class EvalCommand
{
    public const string Name = "eval";

    /// <summary>For the list of commands; <see cref="RunAsync"/> runs it.</summary>
    public static Command Create()
    {
        var command = new Command(Name, EvaluationCommand.Summary);
        command.SetAction((line, _) => RunAsync([], line.InvocationConfiguration.Output, line.InvocationConfiguration.Error));
        return command;
    }

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        if (!args.Any(static argument => argument is "--help" or "-h" or "-?"))
        {
            return await EvaluationCommand.RunAsync(args, output, errors);
        }

        await output.WriteLineAsync(EvaluationCommand.Usage);
        return 0;
    }
}
