namespace Sandbox.Api.Http;

internal sealed partial class FaultHandler
{
    [LoggerMessage(1, LogLevel.Warning, "{Method} {Route} could not be answered: {Fault}.")]
    private partial void LogUnavailable(string method, string route, string fault);

    [LoggerMessage(2, LogLevel.Error, "{Method} {Route} failed.")]
    private partial void LogFault(Exception exception, string method, string route);
}
