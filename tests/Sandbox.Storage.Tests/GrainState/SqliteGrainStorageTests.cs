using System.Text;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Sandbox.Grains.Abstractions.Jobs;
using Sandbox.Storage.GrainState;
using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.GrainState;

public sealed class SqliteGrainStorageTests(SqliteFixture fixture) : GrainStorageConformance(fixture), IClassFixture<SqliteFixture>
{
    private readonly GrainStateJson _json = fixture.Services.GetRequiredService<GrainStateJson>();

    [Fact]
    public void Serialize_AnyState_IsCamelCaseWithEnumNamesAndNoTypeNames()
    {
        using var bytes = _json.Serialize(new Shelf { Content = new Book("x"), Status = JobStatus.TimedOut, Mode = Mode.ReadOnly });

        Assert.Equal(
            """{"content":{"title":"x"},"status":"timed_out","mode":"readOnly","job":null}""",
            Encoding.UTF8.GetString(bytes.Written));
    }

    [Fact]
    public void Deserialize_UnknownMembers_ArePassedOver()
    {
        var shelf = _json.Deserialize<Shelf>("""{"mode":"readOnly","added":{"later":[1]}}"""u8)!;

        Assert.Equal(Mode.ReadOnly, shelf.Mode);
        Assert.Equal(default, shelf.Job);
    }

    [Fact]
    public void Serialize_WithSourceGeneratedContext_UsesIt()
    {
        var options = new SqliteStorageOptions { StateTypeInfoResolvers = { ShelfContext.Default } };
        var json = new GrainStateJson(Options.Create(options));

        using var bytes = json.Serialize(new Shelf { Mode = Mode.ReadOnly });

        Assert.Contains("\"mode\":\"readOnly\"", Encoding.UTF8.GetString(bytes.Written));
    }

    internal enum Mode
    {
        ReadWrite,
        ReadOnly,
    }

    [JsonPolymorphic]
    [JsonDerivedType(typeof(Book), "book")]
    internal record Item;

    internal sealed record Book(string Title) : Item;

    internal sealed class Shelf
    {
        public Book? Content { get; set; }

        public JobStatus Status { get; set; }

        public Mode Mode { get; set; }

        public JobId Job { get; set; }
    }
}

[JsonSerializable(typeof(SqliteGrainStorageTests.Shelf))]
internal sealed partial class ShelfContext : JsonSerializerContext;
