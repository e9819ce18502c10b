namespace Sandbox.Agent.Exec;

/// <summary>Something that runs under an id that the host chose: a program, or a step of a kernel that stays.</summary>
internal interface IExecution
{
    /// <summary>Its output; the one part that other threads than the loop's see.</summary>
    OutputLog Log { get; }

    /// <summary>Signals it; SIGKILL ends it. Nothing happens when it has ended.</summary>
    void Signal(int signal);
}
