using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Antiforgery;
using Sandbox.Api.Http;

namespace Sandbox.Api.Dashboard.Access;

/// <summary>Whether a form came from a page of ours. One that cannot be read is the sender's fault, and told as that.</summary>
internal static class FormTokens
{
    /// <summary>What is wrong with the request; null where it may go on, its form then being read.</summary>
    /// <exception cref="BadHttpRequestException">The form is larger than allowed, or broken off.</exception>
    public static async Task<ProblemResult?> Check(IAntiforgery forms, HttpContext context)
    {
        try
        {
            return await forms.IsRequestValidAsync(context) ? null : ProblemResult.Of(ProblemCodes.FormExpired);
        }
        catch (AntiforgeryValidationException e) when (e.InnerException is BadHttpRequestException inner)
        {
            ExceptionDispatchInfo.Throw(inner);
            throw;
        }
        catch (Exception e) when (e is AntiforgeryValidationException or InvalidDataException)
        {
            var errors = new RequestErrors();
            errors.Add("$", "The form cannot be read: it is malformed, or has too many fields or too long ones.");
            return ProblemResult.From(errors);
        }
    }
}
