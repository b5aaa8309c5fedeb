using System.Text;
using System.Text.RegularExpressions;
using Ensemble.Chat;
using Ensemble.Gates;
using Ensemble.Models;
using Ensemble.Upstreams;

namespace Ensemble.Evaluation.Tests.Running;

/// <summary>Models that answer by their name and the number of the question: <c>Question 12</c>.</summary>
/// <param name="answer">What a model says to a question, and how long it takes.</param>
internal sealed partial class ScriptedCaller(Func<string, int, (string Text, TimeSpan Time)> answer) : IModelCaller
{
    private int _calls;
    private int _inFlight;

    /// <summary>Calls that were made.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>Calls in flight at a time, at most.</summary>
    public int MaxInFlight { get; private set; }

    /// <summary>Is waited for by every call.</summary>
    public Func<Task> Before { get; init; } = static () => Task.CompletedTask;

    public TokenUsage Usage { get; init; } = new(100, 20);

    public ValueTask<GateAdmission?> AdmitAsync(ModelCall call, GateHolder holder, CancellationToken cancellationToken) => default;

    public ValueTask ReturnAsync(GateAdmission admission) => default;

    public ValueTask<GateRefusal?> RefusalAsync(string model, long tokens, CancellationToken cancellationToken) => default;

    public async Task<ModelCallResult> CallAsync(ModelCall call, GateHolder holder, GateAdmission? admission, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        var inFlight = Interlocked.Increment(ref _inFlight);
        lock (this)
        {
            MaxInFlight = Math.Max(MaxInFlight, inFlight);
        }

        try
        {
            await Before();
            var body = Encoding.UTF8.GetString(RequestRewriter.Rewrite(call.Chat, call.Edits).ToArray());
            var (text, time) = answer(call.Model.DisplayName, int.Parse(Number().Match(body).Groups["number"].Value));
            return new ModelCallResult
            {
                Outcome = CallOutcome.Ok,
                Answer = new ChatAnswer(text, "stop"),
                Usage = Usage,
                Attempts = 1,
                StartedAt = DateTimeOffset.UnixEpoch,
                Total = time,
            };
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    [GeneratedRegex(@"Question (?<number>[0-9]+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Number();
}
