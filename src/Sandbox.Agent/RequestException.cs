namespace Sandbox.Agent;

/// <summary>A request is refused; both texts go to the host.</summary>
internal sealed class RequestException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
