namespace Sandbox.Grains.Abstractions.Services;

/// <summary>The file that the code of a service becomes.</summary>
public static class CodeFile
{
    /// <summary>Its path, relative to the workspace.</summary>
    public static string NameOf(string language) => language switch
    {
        "python" => "service.py",
        "javascript" => "service.js",
        "bash" => "service.sh",
        _ => "service",
    };
}
