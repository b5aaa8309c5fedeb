using System.Collections.Concurrent;
using Orleans.Serialization.Invocation;

namespace Ensemble.Cluster.Tests.Support;

/// <summary>Every call that arrives at a grain, on whichever silo that is.</summary>
internal sealed class CallLog : IIncomingGrainCallFilter
{
    private readonly ConcurrentQueue<ArrivedCall> _calls = new();

    public IReadOnlyList<ArrivedCall> Calls => [.. _calls];

    public void Clear() => _calls.Clear();

    public Task Invoke(IIncomingGrainCallContext context)
    {
        // What a grain tells a process arrives at none.
        if (context.Grain is IGrainObserver)
        {
            return context.Invoke();
        }

        var message = context.Request;

        // Of an enumeration the first message carries the request; the others continue or end it.
        var request = Arguments(message).OfType<IInvokable>().FirstOrDefault() ?? message;
        _calls.Enqueue(new ArrivedCall(
            context.TargetId, context.TargetContext.Address.SiloAddress!, context.SourceId, request.GetMethod(), message.GetMethod(), [.. Arguments(request)]));
        return context.Invoke();
    }

    private static IEnumerable<object?> Arguments(IInvokable request) => Enumerable.Range(0, request.GetArgumentCount()).Select(request.GetArgument);
}
