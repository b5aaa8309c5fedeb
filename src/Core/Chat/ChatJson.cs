using System.Text.Json.Serialization;

namespace Ensemble.Chat;

/// <summary>Generated serialisation of the few values that are written as whole objects.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class ChatJson : JsonSerializerContext;
