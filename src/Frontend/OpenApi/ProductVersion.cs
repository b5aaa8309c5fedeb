using System.Reflection;

namespace Ensemble.Frontend.OpenApi;

/// <summary>What the product is called, and which version this is.</summary>
internal static class ProductVersion
{
    public const string Name = "Ensemble.Orleans";

    /// <summary>As <c>0.1.0</c>, without what a build adds.</summary>
    public static string Text { get; } =
        (typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0")
            .Split('+')[0];
}
