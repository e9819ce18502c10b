namespace Sandbox.Bench;

/// <summary>How the process ends.</summary>
internal static class ExitCodes
{
    public const int AllMet = 0;
    public const int TargetMissed = 1;
    public const int Usage = 2;
    public const int NotMeasured = 3;
    public const int Interrupted = 130;
}
