using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Ensemble.Catalog.Secrets;

/// <summary>
/// Looks up secrets where they are used. Environment variables are read at each call, files at most once in
/// <see cref="FileLifetime"/>, so that a rotated file is seen soon. White space at the end is not part of a secret.
/// </summary>
/// <param name="environment">Reads a variable; null = this process's.</param>
/// <param name="policy">Holds for references of stored catalogs; null = they may name no file.</param>
/// <param name="sealer">Opens sealed secrets; null = none can be opened.</param>
public sealed class SecretResolver(
    TimeProvider time,
    Func<string, string?>? environment = null,
    SecretPolicy? policy = null,
    SecretSealer? sealer = null) : ISecrets
{
    public const int MaxBytes = 64 * 1024;

    /// <summary>How long a file's content is kept: 5 s.</summary>
    public static readonly TimeSpan FileLifetime = TimeSpan.FromSeconds(5);

    private const int MaxCached = 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Func<string, string?> _environment = environment ?? Environment.GetEnvironmentVariable;
    private readonly ConcurrentDictionary<SecretReference, CachedSecret> _files = new();
    private readonly SecretPolicy _policy = policy ?? new SecretPolicy(null);

    /// <exception cref="SecretUnavailableException">It is not there, empty, too long, or nothing that a header can carry.</exception>
    public string Resolve(SecretReference reference) =>
        TryResolve(reference, out var secret, out var problem) ? secret : throw new SecretUnavailableException(reference, problem);

    public bool TryResolve(SecretReference reference, [NotNullWhen(true)] out string? secret) => TryResolve(reference, out secret, out _);

    /// <param name="problem">Why there is none, in words that name the reference and not the secret.</param>
    public bool TryResolve(
        SecretReference reference,
        [NotNullWhen(true)] out string? secret,
        [NotNullWhen(false)] out string? problem)
    {
        (secret, problem) = reference.Source switch
        {
            SecretSource.Sealed => Open(reference),
            _ when reference.IsConfined && _policy.Refusal(reference) is { } refusal => (null, refusal),
            SecretSource.Environment => (_environment(reference.Location), null),
            _ => ReadCached(reference),
        };
        if (problem is null)
        {
            secret = secret?.TrimEnd();
            problem = secret switch
            {
                null => "is not set",
                "" => "is empty",
                { Length: > MaxBytes } => "is too long",
                _ when secret.Any(char.IsControl) => "holds a line break or another control character",
                _ => null,
            };
        }

        if (secret is not null && problem is null)
        {
            return true;
        }

        secret = null;
        problem = $"{reference} {problem}";
        return false;
    }

    private (string? Secret, string? Problem) Open(SecretReference reference) => sealer switch
    {
        null => (null, "needs the option Security:MasterKey"),
        _ when reference.Audience is { } audience && sealer.TryOpen(reference.Location, audience, out var secret) => (secret, null),
        _ => (null, "was sealed with another Security:MasterKey, or for another model or host"),
    };

    private (string? Secret, string? Problem) ReadCached(SecretReference reference)
    {
        if (_files.TryGetValue(reference, out var cached) && time.GetElapsedTime(cached.ReadAt) < FileLifetime)
        {
            return (cached.Secret, null);
        }

        var readAt = time.GetTimestamp();
        var path = reference.IsConfined ? _policy.Locate(reference.Location) : reference.Location;
        var (secret, problem) = path is null ? (null, "leads out of the Security:SecretDirectory") : ReadFile(path);
        if (secret is null)
        {
            _files.TryRemove(reference, out _);
            return (null, problem);
        }

        if (_files.Count >= MaxCached)
        {
            _files.Clear();
        }

        _files[reference] = new CachedSecret(secret, readAt);
        return (secret, null);
    }

    private static (string? Secret, string? Problem) ReadFile(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
            var bytes = new byte[MaxBytes + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > MaxBytes)
            {
                return (null, $"is larger than {MaxBytes / 1024} KiB");
            }

            var content = bytes.AsSpan(0, length);
            return (
                StrictUtf8.GetString(content.StartsWith(Encoding.UTF8.Preamble) ? content[Encoding.UTF8.Preamble.Length..] : content),
                null);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, "does not exist");
        }
        catch (Exception exception)
            when (exception is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return (null, exception is DecoderFallbackException ? "is not UTF-8 text" : "cannot be read");
        }
    }

    private sealed record CachedSecret(string Secret, long ReadAt)
    {
        public override string ToString() => "secret";
    }
}
