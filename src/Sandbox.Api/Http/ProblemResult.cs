using System.Diagnostics;
using System.Globalization;
using Sandbox.Grains.Abstractions;

namespace Sandbox.Api.Http;

/// <summary>A problem document as the answer to a request: the only way in which errors leave the server.</summary>
internal sealed class ProblemResult : IResult
{
    private static readonly TimeSpan DefaultRetryAfter = TimeSpan.FromSeconds(2);

    private readonly Problem _problem;
    private readonly TimeSpan? _retryAfter;

    private ProblemResult(Problem problem, TimeSpan? retryAfter = null)
    {
        _problem = problem;
        _retryAfter = retryAfter ?? (problem.Status is 429 or 503 ? DefaultRetryAfter : null);
    }

    /// <summary>What is answered, for doors that tell it in another form.</summary>
    public Problem Document => _problem;

    /// <summary>When trying again makes sense, in whole seconds; null where it does not.</summary>
    public long? RetryAfterSeconds => _retryAfter is { } after ? Math.Max(1, (long)Math.Ceiling(after.TotalSeconds)) : null;

    public static ProblemResult From(Refusal refusal) => new(
        Create(refusal.Code, refusal.Detail) with
        {
            Errors = ErrorsOf(refusal),
            Rule = refusal.Rule,
            Quota = refusal.Quota,
            Log = refusal.Log,
            Reason = refusal.Code == RefusalCodes.PolicyDenied ? refusal.Detail : null,
        },
        refusal.RetryAfter);

    public static ProblemResult From(RequestErrors errors) => new(
        Create(RefusalCodes.InvalidRequest, errors.Summary) with { Errors = errors.ByField });

    public static ProblemResult Of(string code, string? detail = null) => new(Create(code, detail));

    /// <summary>A request that came too soon: another one may come as soon as one has flowed back.</summary>
    public static ProblemResult RateLimited(string detail, int perSecond) => new(Create(ProblemCodes.RateLimited, detail), TimeSpan.FromSeconds(1d / perSecond));

    public static ProblemResult NotFound() => new(Create(RefusalCodes.NotFound));

    public static ProblemResult NotReady(IReadOnlyDictionary<string, string> checks) => new(
        Create(ProblemCodes.NotReady, $"Failed: {string.Join(", ", checks.Keys)}.") with { Checks = checks });

    /// <summary>For a fault of the server: the code and the trace, nothing else.</summary>
    public static ProblemResult Fault(HttpContext context, string code) => new(
        Create(code) with { TraceId = Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier });

    private static Dictionary<string, IReadOnlyList<string>>? ErrorsOf(Refusal refusal) => refusal.Field is not { } first
        ? null
        : (refusal.More ?? []).Prepend(new FieldError(first, refusal.Detail))
            .GroupBy(error => error.Field, error => error.Detail)
            .ToDictionary(errors => errors.Key, IReadOnlyList<string> (errors) => [.. errors]);

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = _problem.Status;
        if (RetryAfterSeconds is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (IErrorShape.Of(httpContext) is { } shape)
            return shape.Write(httpContext, _problem);
        return response.WriteAsJsonAsync(_problem, ApiJson.Default.Problem, "application/problem+json", httpContext.RequestAborted);
    }

    private static Problem Create(string code, string? detail = null)
    {
        var kind = ProblemCodes.Describe(code);
        return new Problem
        {
            Type = $"urn:sandbox:problem:{code}",
            Title = kind.Title,
            Status = kind.Status,
            Detail = detail ?? kind.Title,
            Code = code,
        };
    }
}
