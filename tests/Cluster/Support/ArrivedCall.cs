using System.Reflection;

namespace Ensemble.Cluster.Tests.Support;

/// <summary>A call as the activation's silo got it. What enumerates is what the caller called, not Orleans' envelope around it.</summary>
/// <param name="Method">Of the grain's interface; of Orleans' own where that is what was called.</param>
/// <param name="Message">The message's own method: more than one belong to an enumeration.</param>
internal sealed record ArrivedCall(GrainId Target, SiloAddress Silo, GrainId? Caller, MethodInfo Method, MethodInfo Message, IReadOnlyList<object?> Arguments);
