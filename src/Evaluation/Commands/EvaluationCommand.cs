using System.Runtime.InteropServices;
using Spectre.Console;

namespace Ensemble.Evaluation.Commands;

/// <summary><c>eval</c>: says whether an ensemble is worth its money, on questions of the user's.</summary>
public static class EvaluationCommand
{
    /// <summary>For the help.</summary>
    public const string Summary =
        "Asks ensembles and their members the questions of a file, and says whether an ensemble is worth its money.";

    /// <summary>The exit code of a command line that cannot be understood.</summary>
    public const int UsageError = 2;

    /// <summary>The exit code where the ceiling of the cost, or a stop, left questions out.</summary>
    public const int Cut = 3;

    /// <summary>For the help of the command.</summary>
    public static string Usage => EvaluationArguments.Usage;

    /// <summary>Runs until its end, or until the process is told to stop; told so again, it ends at once.</summary>
    /// <inheritdoc cref="RunAsync(string[], TextWriter, TextWriter, CancellationToken)"/>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors)
    {
        using var stop = new CancellationTokenSource();
        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = !stop.IsCancellationRequested;
            if (context.Cancel)
            {
                errors.WriteLine("Stopping: the calls in flight are paid, and are waited for. Once more ends at once.");
                stop.Cancel();
            }
        }

        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        return await RunAsync(args, output, errors, stop.Token);
    }

    /// <param name="args">What follows the command's name.</param>
    /// <param name="cancel">Stops it once the calls in flight have ended.</param>
    /// <returns>The exit code: 0 where there is a report of all questions.</returns>
    public static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter errors, CancellationToken cancel)
    {
        if (args.Any(static argument => argument is "--help" or "-h" or "-?"))
        {
            await output.WriteLineAsync(EvaluationArguments.Usage);
            return 0;
        }

        var (options, problems) = EvaluationArguments.Read(args);
        if (options is null)
        {
            await errors.WriteLineAsync(string.Join(Environment.NewLine, problems.Select(static problem => $"eval: {problem}")));
            await errors.WriteLineAsync("eval --help lists all options.");
            return UsageError;
        }

        return await RunAsync(options, output, errors, cancel);
    }

    /// <inheritdoc cref="RunAsync(string[], TextWriter, TextWriter, CancellationToken)"/>
    public static Task<int> RunAsync(EvaluationOptions options, TextWriter output, TextWriter errors, CancellationToken cancel) =>
        RunAsync(options, output, errors, TimeProvider.System, cancel);

    internal static async Task<int> RunAsync(
        EvaluationOptions options, TextWriter output, TextWriter errors, TimeProvider time, CancellationToken cancel)
    {
        try
        {
            return await new EvaluationSession(options, ConsoleOf(output), ConsoleOf(errors), time, cancel).RunAsync();
        }
        catch (EvaluationException exception)
        {
            await errors.WriteLineAsync(exception.Message);
            return 1;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await errors.WriteLineAsync(options.Record is null
                ? "Stopped. Nothing was kept: with --record FILE the same command would go on here."
                : $"Stopped. The same command goes on here; what was answered is in {options.Record}.");
            return Cut;
        }
    }

    private static IAnsiConsole ConsoleOf(TextWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });

        // Where nobody says how wide a line is, as in a file, a table is not to be squeezed.
        console.Profile.Width = Math.Max(console.Profile.Width, console.Profile.Out.IsTerminal ? 0 : 160);
        return console;
    }
}
