namespace Sandbox.Api.Dashboard.Access;

/// <summary>
/// The cookie that belongs to the tokens of forms. Where people come by https, it is for https, also behind a proxy that ends it: the
/// framework's own setting for that refuses every request that reached this server without.
/// </summary>
internal sealed class FormCookie(ApiOptions api) : CookieBuilder
{
    public override CookieOptions Build(HttpContext context, DateTimeOffset expiresFrom)
    {
        var options = base.Build(context, expiresFrom);
        options.Secure |= api.PublicUrl?.Scheme == Uri.UriSchemeHttps;
        return options;
    }
}
