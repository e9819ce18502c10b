using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Sandbox.Api.Http;
using Sandbox.Grains.Abstractions.Secrets;

namespace Sandbox.Api.Secrets.Requests;

/// <summary>Reads a secret that is to be stored, strictly. What it says of a wrong value never holds any of it.</summary>
internal static class SecretRequestReader
{
    /// <summary>Most bytes of a request: a value of the greatest length, each of its bytes escaped.</summary>
    public const int MaxBytes = 256 * 1024;

    private const int MostHosts = 16;

    /// <summary>The request, and the value; only of use when the errors are still empty.</summary>
    public static (SecretRequest Request, byte[] Value)? Read(JsonElement root, RequestErrors errors)
    {
        if (RequestObject.Open(root, errors) is not { } body)
            return null;
        var request = new SecretRequest
        {
            Value = body.String("value"),
            ValueBase64 = body.Bytes("valueBase64"),
            As = body.String("as"),
            Hosts = body.Strings("hosts", MostHosts),
            Header = body.String("header"),
        };
        body.RefuseUnknown();
        request = request with { As = request.As ?? (request.Hosts is null && request.Header is null ? SecretKinds.Environment : SecretKinds.Header) };
        CheckKind(request, errors);
        return (request, CheckValue(request, errors));
    }

    private static void CheckKind(SecretRequest request, RequestErrors errors)
    {
        if (!errors.Has("as") && !SecretKinds.All.Contains(request.As, StringComparer.Ordinal))
            errors.Add("as", $"Must be one of {string.Join(", ", SecretKinds.All)}.");
        if (request.As == SecretKinds.Header)
        {
            SecretHeader.CheckHosts(request.Hosts, errors);
            SecretHeader.Check(request.Header, errors);
            return;
        }

        if (request.Hosts is not null)
            errors.Add("hosts", $"Goes with as: {SecretKinds.Header}.");
        if (request.Header is not null)
            errors.Add("header", $"Goes with as: {SecretKinds.Header}.");
    }

    private static byte[] CheckValue(SecretRequest request, RequestErrors errors)
    {
        var field = request.ValueBase64 is null ? "value" : "valueBase64";
        if (errors.Has("value") || errors.Has("valueBase64"))
            return [];
        if (request.Value is null == request.ValueBase64 is null)
        {
            errors.Add("value", "Either value or valueBase64 is needed.");
            return [];
        }

        var value = request.ValueBase64 ?? Encoding.UTF8.GetBytes(request.Value!);
        if (value.Length is < ISecretStore.ShortestValue or > ISecretStore.LongestValue)
            errors.Add(field, $"Must be {ISecretStore.ShortestValue} to {ISecretStore.LongestValue} bytes: what is shorter could not be told from other text.");
        else if (request.As == SecretKinds.Environment && (value.AsSpan().Contains((byte)0) || !Utf8.IsValid(value)))
            errors.Add(field, "A variable of the environment holds UTF-8 without NUL; store it as a file.");
        else if (request.As == SecretKinds.Header && value.Any(static b => b is < (byte)' ' or > (byte)'~'))
            errors.Add(field, "A header holds printable ASCII in one line.");
        return value;
    }
}
