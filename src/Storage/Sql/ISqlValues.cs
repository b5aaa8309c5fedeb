namespace Ensemble.Storage.Sql;

/// <summary>Takes the values of a row, column by column, without boxing them.</summary>
internal interface ISqlValues
{
    /// <param name="value">A whole number, a <see cref="double"/>, a text, bytes, or a run's name; null where the column takes it.</param>
    void Add<T>(T value);
}
