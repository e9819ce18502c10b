using Orleans.Concurrency;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Grains.Abstractions.Sessions;
using Sandbox.Grains.Abstractions.Tenants;

namespace Sandbox.Grains.Abstractions.Policies;

/// <summary>
/// The one writer of a policy; its key is the text of a <see cref="PolicyName"/>. Who only reads asks <see cref="IPolicyStore"/>.
/// </summary>
[Alias("sandbox.policy")]
public interface IPolicyGrain : IGrainWithStringKey
{
    /// <summary>Stores a new version. Once answered, every decision in every process goes by it.</summary>
    /// <param name="caller">Who asks; admins and operators may.</param>
    /// <param name="document">What shall be permitted. What is wrong with it is named by its path.</param>
    /// <param name="condition">What the present state has to be.</param>
    /// <param name="cancellationToken">Cancels the call, not a version that is stored already.</param>
    [Alias("put")]
    Task<Reply<PolicyVersion>> Put(Caller caller, PolicyDocument document, PolicyCondition condition, CancellationToken cancellationToken = default);

    /// <summary>Removes the policy and answers with the version that says so. Its versions stay, because decisions name them.</summary>
    [Alias("remove")]
    Task<Reply<PolicyVersion>> Remove(Caller caller, PolicyCondition condition, CancellationToken cancellationToken = default);

    /// <summary>What would be decided on a job under this policy. Starts nothing.</summary>
    [Alias("evaluate_job"), AlwaysInterleave]
    Task<Reply<PolicyEvaluation>> Evaluate(Caller caller, JobSpec job, CancellationToken cancellationToken = default);

    /// <summary>What would be decided on a session under this policy. Starts nothing.</summary>
    [Alias("evaluate_session"), AlwaysInterleave]
    Task<Reply<PolicyEvaluation>> Evaluate(Caller caller, SessionSpec session, CancellationToken cancellationToken = default);
}
