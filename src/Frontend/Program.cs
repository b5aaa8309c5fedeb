namespace Ensemble.Frontend;

internal static class Program
{
    private static void Main()
    {
    }
}
