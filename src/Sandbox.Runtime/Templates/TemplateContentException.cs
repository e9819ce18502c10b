namespace Sandbox.Runtime.Templates;

/// <summary>What was given to import cannot become a template. The message is for whoever gave it, and tells nothing of the host.</summary>
public sealed class TemplateContentException(string message, Exception? inner = null) : Exception(message, inner);
