namespace Sandbox.Client;

/// <summary>A template to make upon another one or from a folder of the host.</summary>
public sealed record TemplateRequest
{
    /// <summary>Name: 1 to 63 of a-z, 0-9, ., _ and -, of which the first is a letter or digit.</summary>
    public string? Name { get; init; }

    /// <summary>What it is for.</summary>
    public string? Description { get; init; }

    /// <summary>Template to build upon, such as default. Either this or folder.</summary>
    public string? From { get; init; }

    /// <summary>Folder of the server's host to take in; for operators, below the folders that the installation names.</summary>
    public string? Folder { get; init; }

    /// <summary>Packages to install upon the other template, as far as policy allows.</summary>
    public PackagesRequest? Packages { get; init; }

    /// <summary>Environment variables of everything that runs in it.</summary>
    public IReadOnlyDictionary<string, string>? Env { get; init; }

    /// <summary>Argument vector to run in every new sandbox before it is handed out; it has 30 seconds.</summary>
    public IReadOnlyList<string>? StartCommand { get; init; }

    /// <summary>Modules that kernels import before they wait for code.</summary>
    public PreloadsRequest? Preloads { get; init; }
}

/// <summary>Modules by language.</summary>
public sealed record PreloadsRequest
{
    /// <summary>Python modules, such as numpy or os.path.</summary>
    public IReadOnlyList<string>? Python { get; init; }

    /// <summary>JavaScript modules, as require takes them.</summary>
    public IReadOnlyList<string>? Javascript { get; init; }
}
