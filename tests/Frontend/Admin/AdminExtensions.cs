using Ensemble.Frontend.Tests.Support;

namespace Ensemble.Frontend.Tests.Admin;

/// <summary>Requests to the admin endpoints.</summary>
internal static class AdminExtensions
{
    public const string Key = "admin-key-of-a-test-0123456789";

    public static readonly string[] KeyOption = ["--Admin:Key", Key];

    public static Task<Answer> PostAsync(this Gateway gateway, string path, string json, params (string Name, string Value)[] headers) =>
        gateway.SendAsync(HttpMethod.Post, path, json, Key, headers);

    public static Task<Answer> PutAsync(this Gateway gateway, string path, string json, params (string Name, string Value)[] headers) =>
        gateway.SendAsync(HttpMethod.Put, path, json, Key, headers);

    public static Task<Answer> DeleteAsync(this Gateway gateway, string path, params (string Name, string Value)[] headers) =>
        gateway.SendAsync(HttpMethod.Delete, path, null, Key, headers);

    public static Task<Answer> ReadAsync(this Gateway gateway, string path, params (string Name, string Value)[] headers) =>
        gateway.SendAsync(HttpMethod.Get, path, null, Key, headers);

    /// <summary>A model of that upstream.</summary>
    public static string Model(Uri upstream, string alias, string model, string more = "") =>
        $$"""{"display_name":"{{alias}}","provider":"openai","base_url":"{{upstream}}","model":"{{model}}","retries":0{{more}}}""";
}
