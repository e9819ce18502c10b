using Microsoft.AspNetCore.Http;

namespace Sandbox.Packages;

/// <summary>
/// An index for pip and npm that serves what a policy permits, from the configured indexes, through a cache whose files are named
/// by their content.
/// </summary>
public interface IPackageGateway
{
    /// <summary>Opens it for one sandbox.</summary>
    /// <param name="permit">What may be installed.</param>
    /// <param name="record">Is told of every package that is asked for; nothing is answered before it completes, nor where it fails.</param>
    /// <exception cref="FormatException">An entry cannot be read; the message names it. <see cref="PackageEntry"/> tells beforehand.</exception>
    IPackageAccess Open(PackagePermit permit, Func<PackageRequest, Task> record);
}

/// <summary>The gateway as one sandbox sees it.</summary>
public interface IPackageAccess
{
    /// <summary>Another permit holds for the requests from now on; what served packages have declared is forgotten.</summary>
    /// <exception cref="FormatException">An entry cannot be read; the former permit still holds.</exception>
    void Change(PackagePermit permit);

    /// <summary>
    /// Answers a request. Its path begins with <c>/python/</c> or <c>/node/</c>; its host is used for the addresses of files.
    /// Only the path, method, host and <c>Accept</c> are read.
    /// </summary>
    Task Serve(HttpContext context);
}
