namespace Sandbox.Client;

/// <summary>States of a template. Later servers may have more.</summary>
public static class TemplateStatus
{
    /// <summary>It is read, checked and tried out.</summary>
    public const string Importing = "importing";

    /// <summary>Sandboxes can be made from it.</summary>
    public const string Ready = "ready";

    /// <summary>Its error says why it is of no use.</summary>
    public const string Failed = "failed";
}
