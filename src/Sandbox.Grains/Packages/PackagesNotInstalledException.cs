namespace Sandbox.Grains.Packages;

/// <summary>The packages of a session could not be installed; the message is what the installer said.</summary>
internal sealed class PackagesNotInstalledException(string said) : Exception(said);
