namespace Sandbox.Runtime.Oci.Checkpoints;

/// <summary>An image as gVisor has written it, in a folder of <see cref="ImageStore"/>.</summary>
internal sealed class OciImage : SandboxImage
{
    private readonly ImageFolder _folder;
    private readonly byte[] _prefix;

    public OciImage(ImageHeader header, ImageFolder folder)
    {
        Header = header;
        _folder = folder;
        _prefix = ImageFormat.Prefix(header);
    }

    public ImageHeader Header { get; }

    /// <summary>Where an engine finds it.</summary>
    public string Folder => _folder.Path;

    public override long Length => ImageFormat.Length(_prefix.Length - ImageFormat.PrefixBytes, Header.Files);

    public override Stream OpenRead() => new ImageStream(_prefix, [.. Header.Files.Select(file => Path.Combine(Folder, file.Name))]);

    public override ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
