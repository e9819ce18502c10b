namespace Sandbox.Grains.Sessions;

/// <summary>Bounds of a session that its policy may narrow while it lives.</summary>
/// <param name="IdleSeconds">Seconds that it may be without work; null for no bound.</param>
/// <param name="WallSeconds">Seconds that a step may run.</param>
/// <param name="OutputBytes">Bytes that a step may print.</param>
internal sealed record SessionBounds(double? IdleSeconds, double WallSeconds, long OutputBytes);
