using Sandbox.Grains.Abstractions.Policies;
using Sandbox.Grains.Packages;
using Sandbox.Runtime;

namespace Sandbox.Grains.Templates;

/// <summary>A sandbox in which a template is built.</summary>
/// <param name="Sandbox">The sandbox.</param>
/// <param name="Environment">Environment of programs in it, with the way out.</param>
/// <param name="Permitted">Packages that may be installed.</param>
/// <param name="Refused">Packages that were asked for and not served.</param>
internal sealed record Workbench(SandboxHandle Sandbox, IReadOnlyDictionary<string, string> Environment, PolicyPackages Permitted, RefusedPackages Refused);
