using Sandbox.Testing.Storage;
using Xunit;

namespace Sandbox.Storage.Tests.Tenants;

public sealed class SqliteTenantStoreTests(SqliteFixture fixture) : TenantStoreConformance(fixture), IClassFixture<SqliteFixture>;
