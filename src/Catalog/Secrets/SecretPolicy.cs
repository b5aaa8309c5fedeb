namespace Ensemble.Catalog.Secrets;

/// <summary>
/// Which secrets a catalog may refer to that is edited over the network: variables made for that, and files of one folder. Else
/// an editor could have any variable or file of the process sent to an address of their own.
/// </summary>
/// <param name="directory">An absolute path; null = no file may be named.</param>
public sealed class SecretPolicy(string? directory)
{
    /// <summary>What the name of every variable begins with that may be referred to.</summary>
    public const string VariablePrefix = "ENSEMBLE_SECRET_";

    private readonly string? _directory = directory is null ? null : Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));

    /// <summary>What may be written instead of what was refused.</summary>
    public string Advice => _directory is null
        ? $"Write \"env:{VariablePrefix}NAME\"; with the option Security:SecretDirectory also \"file:\" and a path in that folder."
        : $"Write \"env:{VariablePrefix}NAME\", or \"file:\" and a path in {_directory}.";

    /// <returns>Why this may not be referred to, as the end of a sentence; null where it may, as far as the text tells.</returns>
    internal string? Refusal(SecretReference reference) => reference.Source switch
    {
        SecretSource.Environment => reference.Location.Length > VariablePrefix.Length
            && reference.Location.StartsWith(VariablePrefix, StringComparison.Ordinal)
                ? null
                : $"is no variable whose name begins with {VariablePrefix}",
        SecretSource.File when _directory is null => "is a file, and no Security:SecretDirectory is set",
        SecretSource.File => PathStyle.Current.IsBelow(_directory, reference.Location) ? null : "is not in the Security:SecretDirectory",
        _ => null,
    };

    /// <summary>Follows the symbolic links of a path, which may lead from one place of the folder to another, but not out of it.</summary>
    /// <returns>The path without links; null where it leads out of the folder, or nowhere.</returns>
    internal string? Locate(string path) =>
        _directory is not null && !path.Contains('\0', StringComparison.Ordinal)
        && RealPath.Of(_directory) is { } root && RealPath.Of(path) is { } real && PathStyle.Current.IsBelow(root, real)
            ? real
            : null;
}
