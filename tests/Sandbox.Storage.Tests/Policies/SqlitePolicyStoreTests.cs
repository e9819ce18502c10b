using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Policies;

public sealed class SqlitePolicyStoreTests(SqliteFixture fixture) : PolicyStoreConformance(fixture), IClassFixture<SqliteFixture>;
