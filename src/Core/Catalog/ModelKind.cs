namespace Ensemble.Catalog;

public enum ModelKind
{
    Chat,
    Embedding,
}
