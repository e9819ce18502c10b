namespace Sandbox.Grains.Sessions;

/// <summary>What a session's clock, its link and the watch of its policy tell its grain. Only within the silo.</summary>
[Alias("sandbox.session.timers")]
internal interface ISessionTimers : IGrainWithStringKey
{
    /// <summary>Something may be due.</summary>
    [Alias("due")]
    Task Due();

    /// <summary>The sandbox turned out to be gone. Ignored unless it is the session's.</summary>
    [Alias("lost")]
    Task Lost(string sandboxId);

    /// <summary>The session's policy may have changed.</summary>
    [Alias("policy")]
    Task PolicyChanged();
}
