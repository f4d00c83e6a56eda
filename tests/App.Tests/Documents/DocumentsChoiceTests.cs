using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Portico.Documents;
using Portico.Documents.Cosmos;

namespace App.Tests.Documents;

/// <summary>Which store the settings choose, and what is said of settings that can't be used.</summary>
public sealed class DocumentsChoiceTests
{
    private const string Key = "AccountEndpoint=https://a.documents.azure.com:443/;AccountKey=c2VjcmV0;";

    private static IConfiguration Settings(params (string Name, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name.Replace("__", ":", StringComparison.Ordinal), (string?)s.Value))).Build();

    [Fact]
    public void Of_AccountEndpoint_IsCosmosByIdentityWhateverElseIsSet()
    {
        var settings = Settings(("CosmosDb__AccountEndpoint", "https://a.documents.azure.com"), ("CosmosDb__ConnectionString", Key), ("Portico__DataPath", "/data"));

        DocumentsChoice.Of(settings).ToString().ShouldBe("documents: Cosmos DB at https://a.documents.azure.com/ by identity");
        CosmosSettings.From(settings)!.CreatesContainers.ShouldBeFalse();
        new ServiceCollection().AddDocuments(settings).ShouldContain(s => s.ServiceType == typeof(IDocumentStore));
    }

    [Fact]
    public void Of_ConnectionString_IsCosmosByKeyAndTellsNoKey()
    {
        var settings = Settings(("CosmosDb__ConnectionString", Key));

        DocumentsChoice.Of(settings).ToString().ShouldBe("documents: Cosmos DB at https://a.documents.azure.com/ by key");
        CosmosSettings.From(settings).ShouldNotBeNull().ShouldSatisfyAllConditions(
            s => s.CreatesContainers.ShouldBeTrue(),
            s => s.IsDirect.ShouldBeTrue(),
            s => s.Database.ShouldBe("portico"),
            s => s.ToString().ShouldNotContain("c2VjcmV0"));
    }

    [Fact]
    public void Of_AccountOnThisMachine_IsReachedThroughItsGateway() =>
        CosmosSettings.From(Settings(("CosmosDb__ConnectionString", "AccountEndpoint=http://127.0.0.1:8081/;AccountKey=c2VjcmV0;"))).ShouldNotBeNull().IsDirect.ShouldBeFalse();

    [Theory]
    [InlineData("CosmosDb__AccountEndpoint", "a.documents.azure.com", "CosmosDb__AccountEndpoint")]
    [InlineData("CosmosDb__AccountEndpoint", "http://a.documents.azure.com", "https")]
    [InlineData("CosmosDb__ConnectionString", "AccountEndpoint=https://a.documents.azure.com", "CosmosDb__ConnectionString")]
    [InlineData("CosmosDb__ConnectionString", "c2VjcmV0", "CosmosDb__ConnectionString")]
    public void Of_UnusableSetting_NamesItAndTellsNoKey(string name, string value, string named)
    {
        var choice = DocumentsChoice.Of(Settings((name, value), ("Portico__DataPath", "/data")));

        choice.Store.ShouldBe(DocumentsStore.None);
        choice.Misconfigured.ShouldNotBeNull().ShouldContain(named);
        choice.ToString().ShouldNotContain("c2VjcmV0");
        Should.Throw<InvalidOperationException>(() => new ServiceCollection().AddDocuments(Settings((name, value), ("Portico__DataPath", "/data"))));
    }

    [Theory]
    [InlineData("CosmosDb__ConnectionMode", "Tcp")]
    [InlineData("CosmosDb__CreateContainers", "yes")]
    public void Of_UnknownWord_NamesTheSetting(string name, string value) =>
        DocumentsChoice.Of(Settings(("CosmosDb__ConnectionString", Key), (name, value))).Misconfigured.ShouldNotBeNull().ShouldContain(name);

    [Fact]
    public void Of_CreateContainersByIdentity_SaysThatNoRoleAllowsIt() =>
        DocumentsChoice.Of(Settings(("CosmosDb__AccountEndpoint", "https://a.documents.azure.com"), ("CosmosDb__CreateContainers", "true"))).Misconfigured.ShouldNotBeNull().ShouldContain("CosmosDb__CreateContainers");

    [Fact]
    public void Of_NoCosmos_IsSqliteUnderTheDataPathOrNothing()
    {
        DocumentsChoice.Of(Settings(("Portico__DataPath", "/data"))).ToString().ShouldBe("documents: SQLite in /data/portico.db");
        DocumentsChoice.Of(Settings()).Misconfigured.ShouldNotBeNull().ShouldContain("Portico__DataPath");
    }
}
