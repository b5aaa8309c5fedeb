using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ensemble.Evaluation.Data;

/// <summary>How JSON is written here: letters of all scripts as they are.</summary>
internal static class JsonText
{
    public static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static readonly JsonWriterOptions Writer = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
