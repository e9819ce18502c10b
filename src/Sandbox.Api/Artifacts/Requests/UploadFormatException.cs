using Sandbox.Api.Http;

namespace Sandbox.Api.Artifacts.Requests;

/// <summary>A body that shows itself to be wrong while it is read: nothing of it is kept.</summary>
internal sealed class UploadFormatException(RequestErrors errors) : Exception
{
    public RequestErrors Errors => errors;

    public static UploadFormatException Of(string field, string text)
    {
        var errors = new RequestErrors();
        errors.Add(field, text);
        return new UploadFormatException(errors);
    }
}
