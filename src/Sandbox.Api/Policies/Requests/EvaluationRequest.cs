using Sandbox.Api.Jobs.Requests;
using Sandbox.Api.Services.Requests;
using Sandbox.Api.Sessions.Requests;

namespace Sandbox.Api.Policies.Requests;

/// <summary>A request to try on a policy: either a job, a session or a service.</summary>
public sealed record EvaluationRequest
{
    /// <summary>A job, as it would be submitted.</summary>
    public JobRequest? Job { get; init; }

    /// <summary>A session, as it would be made.</summary>
    public SessionRequest? Session { get; init; }

    /// <summary>A service, as it would be started.</summary>
    public ServiceRequest? Service { get; init; }
}
