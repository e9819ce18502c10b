namespace Sandbox.Protocol;

/// <summary>
/// Header of <see cref="Verbs.ExportTree"/>. Answered with an empty JSON object, then Data… End: everything below a folder as
/// a POSIX tar stream (pax, sparse files as GNU tar writes them), and then <see cref="TreeExported"/>. A folder comes after
/// what is in it. Links are kept as they are and never followed. Each file is as it is when its turn comes: one that becomes
/// shorter meanwhile is filled up with zeros, and what one grows by is left out. Closing the channel ends the request.
/// </summary>
/// <param name="Root">Absolute path of the folder inside the sandbox.</param>
/// <param name="MaxBytes">Refuse (<see cref="AgentErrors.TooLarge"/>), even in the middle, to send more.</param>
public sealed record ExportTreeRequest(string Root, long MaxBytes);

/// <summary>End of an export.</summary>
/// <param name="Entries">Files, folders and links that were sent.</param>
/// <param name="Skipped">What was left out: sockets, pipes, what the user may not read, what is too deep.</param>
public sealed record TreeExported(long Entries, long Skipped);

/// <summary>
/// Header of <see cref="Verbs.ImportTree"/>, followed by Data… End: a stream as <see cref="Verbs.ExportTree"/> sends it. Answered
/// with <see cref="TreeImported"/>; a refusal may come before the end of the body, and then a part has been unpacked. Nothing is
/// made outside of the folder, and no link is followed.
/// </summary>
/// <param name="Root">Absolute path of the folder inside the sandbox.</param>
public sealed record ImportTreeRequest(string Root);

/// <summary>Answer to <see cref="ImportTreeRequest"/>.</summary>
/// <param name="Entries">Files, folders and links that were made.</param>
public sealed record TreeImported(long Entries);
