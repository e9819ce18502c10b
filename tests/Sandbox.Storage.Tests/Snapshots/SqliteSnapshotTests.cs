using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Snapshots;

public sealed class SqliteSnapshotQueriesTests(SqliteFixture fixture) : SnapshotQueriesConformance(fixture), IClassFixture<SqliteFixture>;
