using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Nodes;

public sealed class SqliteNodeStoreTests(SqliteFixture fixture) : NodeStoreConformance(fixture), IClassFixture<SqliteFixture>;
