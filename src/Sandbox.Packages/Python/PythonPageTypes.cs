namespace Sandbox.Packages.Python;

/// <summary>Types of index pages (PEP 691).</summary>
internal static class PythonPageTypes
{
    /// <summary>A page in JSON.</summary>
    public const string Json = "application/vnd.pypi.simple.v1+json";

    /// <summary>A page in HTML; <c>text/html</c> is the same.</summary>
    public const string Html = "application/vnd.pypi.simple.v1+html";
}
