namespace Ensemble.Catalog;

public enum SecretSource
{
    Environment,
    File,
}
