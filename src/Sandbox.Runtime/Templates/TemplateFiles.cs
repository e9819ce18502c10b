namespace Sandbox.Runtime.Templates;

/// <summary>The folders of the host that a sandbox of a template has mounted, read-only.</summary>
/// <param name="Root">Its root file system.</param>
/// <param name="HasOwnPrograms">Whether that has programs of its own, in place of the host's <c>/usr</c>.</param>
/// <param name="Layer">Packages beside it; null where there are none.</param>
internal sealed record TemplateFiles(string Root, bool HasOwnPrograms, string? Layer);
