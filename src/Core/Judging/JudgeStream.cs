using System.Text;
using Ensemble.Runs;
using Ensemble.Upstreams;

namespace Ensemble.Judging;

/// <summary>
/// Shows a judge's answer as it comes. White space is held back until something else follows, so that a judge that says
/// nothing has shown nothing, and the next one can still be asked.
/// </summary>
internal sealed class JudgeStream(RunContext context) : IAnswerSink
{
    private StringBuilder? _held;

    public bool Shown { get; private set; }

    /// <summary>Whether the answer grew larger than a run may hold; what came after it is lost.</summary>
    public bool Overflowed { get; private set; }

    public void OnAttempt() => _held = null;

    public void OnContent(string text)
    {
        if (!Shown)
        {
            if (string.IsNullOrWhiteSpace(text))
            {
                (_held ??= new StringBuilder()).Append(text);
                return;
            }

            text = _held is null ? text : _held.Append(text).ToString();
            Shown = true;
        }

        Overflowed |= !context.Show(new AnswerDelta(text));
    }

    public void OnChoices(ReadOnlyMemory<byte> choices) => throw new InvalidOperationException("A judge's answer is read as text.");
}
