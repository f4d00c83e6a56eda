using System.Security.Cryptography;
using Microsoft.Extensions.Configuration;
using Portico.Operations;

namespace App.Tests.Operations;

public sealed class StartUpCheckTests
{
    private static readonly Dictionary<string, string?> Embedded = new()
    {
        ["Portico:DefaultOrigin"] = "http://localhost:8080",
        ["Portico:DataPath"] = "/data",
        ["AzureWebJobsStorage"] = "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=c2VjcmV0;BlobEndpoint=http://127.0.0.1:4000/devstoreaccount1;",
        ["AzureSignalRConnectionString"] = "Endpoint=http://127.0.0.1:8080;AccessKey=secret;Version=1.0;",
    };

    private static readonly Dictionary<string, string?> Azure = new()
    {
        ["AzureWebJobsStorage:blobServiceUri"] = "https://account.blob.core.windows.net",
        ["CosmosDb:AccountEndpoint"] = "https://account.documents.azure.com:443/",
        ["AzureSignalRConnectionString:serviceUri"] = "https://service.service.signalr.net",
        ["DURABLE_TASK_SCHEDULER_CONNECTION_STRING"] = "Endpoint=https://scheduler.durabletask.io;Authentication=ManagedIdentity;TaskHub=portico",
        ["AzureOpenAI:Endpoint"] = "https://resource.openai.azure.com",
        ["AzureOpenAI:Deployment"] = "gpt",
        ["Cdn:BaseUrl"] = "https://cdn.example.com",
        ["Portico:PublicOrigin"] = "https://ar.example.com",
    };

    [Fact]
    public void Of_NothingSetButTheHostsOwn_IsAllEmbedded()
    {
        var check = Check(Embedded);

        check.Findings.ShouldBeEmpty();
        check.Parts.ShouldAllBe(part => part.IsEmbedded);
        check.Parts.Select(part => part.Name).ShouldBe(["blobs", "documents", "realtime", "orchestrations", "AI", "pages and CDN"]);
        check.ToString().ShouldNotContain("c2VjcmV0");
        check.ToString().ShouldNotContain("secret");
    }

    [Fact]
    public void Of_EverythingInAzure_IsAllAzure()
    {
        var check = Check(Azure, ("Accounts:SigningKey", Key()));

        check.Findings.ShouldBeEmpty();
        check.Parts.ShouldAllBe(part => !part.IsEmbedded);
        check.ToString().ShouldContain("portico documents: Azure, Cosmos DB at https://account.documents.azure.com");
    }

    [Fact]
    public void Of_OnePartInAzure_IsThatPartAlone()
    {
        var check = Check(Embedded, ("AzureOpenAI:Endpoint", "https://resource.openai.azure.com"), ("AzureOpenAI:Deployment", "gpt"));

        check.Parts.Where(part => !part.IsEmbedded).Select(part => part.Name).ShouldBe(["AI"]);
    }

    [Theory]
    [InlineData("AzureWebJobsStorage:blobServiceUri", "account", "AzureWebJobsStorage__blobServiceUri")]
    [InlineData("AzureWebJobsStorage:blobServiceUri", "http://account.blob.core.windows.net", "AzureWebJobsStorage__blobServiceUri")]
    [InlineData("CosmosDb:AccountEndpoint", "account", "CosmosDb__AccountEndpoint")]
    [InlineData("CosmosDb:AccountEndpoint", "", "documents")]
    [InlineData("AzureSignalRConnectionString:serviceUri", "", "AzureSignalRConnectionString")]
    [InlineData("AzureSignalRConnectionString:serviceUri", "service", "AzureSignalRConnectionString")]
    [InlineData("DURABLE_TASK_SCHEDULER_CONNECTION_STRING", "", "DURABLE_TASK_SCHEDULER_CONNECTION_STRING")]
    [InlineData("DURABLE_TASK_SCHEDULER_CONNECTION_STRING", "Endpoint=scheduler", "DURABLE_TASK_SCHEDULER_CONNECTION_STRING")]
    [InlineData("AzureOpenAI:Endpoint", "", "AzureOpenAI__Endpoint")]
    [InlineData("AzureOpenAI:Endpoint", "https://resource.openai.azure.com/openai/deployments/gpt", "AzureOpenAI__Endpoint")]
    [InlineData("AzureOpenAI:Deployment", "", "AzureOpenAI__Deployment")]
    [InlineData("Cdn:BaseUrl", "cdn.example.com", "Cdn__BaseUrl")]
    [InlineData("Portico:PublicOrigin", "https://ar.example.com/portal", "Portico__PublicOrigin")]
    [InlineData("Portico:SeedDemo", "perhaps", "Portico__SeedDemo")]
    [InlineData("Accounts:SigningKey", "bm8ga2V5", "Accounts__SigningKey")]
    [InlineData("Accounts:SigningKey", "", "Accounts__SigningKey")]
    [InlineData("Accounts:AdminEmail", "admin", "Accounts__AdminEmail")]
    public void Of_OneSettingWrong_NamesItAndNothingElse(string key, string value, string named) =>
        Check(Azure, ("Accounts:SigningKey", Key()), (key, value)).Findings.ShouldHaveSingleItem().ShouldContain(named);

    [Theory]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=account;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net", "Blob Storage at https://account.blob.core.windows.net by key")]
    [InlineData("BlobEndpoint=https://account.blob.core.windows.net/;SharedAccessSignature=sv=2024&sig=c2VjcmV0", "Blob Storage at https://account.blob.core.windows.net/ by key")]
    [InlineData("UseDevelopmentStorage=true", "the storage emulator of this machine")]
    [InlineData("AccountName=account;AccountKey=not base64", null)]
    [InlineData("AccountKey=c2VjcmV0", null)]
    [InlineData("AccountName=account", null)]
    public void Of_StorageByConnectionString_SaysWhereOrThatItIsNone(string connectionString, string? where)
    {
        var check = Check(Embedded, ("AzureWebJobsStorage", connectionString));

        check.Parts[0].Where.ShouldBe(where);
        check.Findings.Count.ShouldBe(where is null ? 1 : 0);
        (check + check.Report()).ShouldNotContain("c2VjcmV0");
    }

    [Fact]
    public void Report_SeveralWrong_HoldsThemAll()
    {
        var report = Check(Azure, ("AzureOpenAI:Deployment", ""), ("Cdn:BaseUrl", "x"), ("Accounts:SigningKey", "x")).Report();

        report.ShouldContain("3 settings");
        report.ShouldContain("AzureOpenAI__Deployment");
        report.ShouldContain("Cdn__BaseUrl");
        report.ShouldContain("Accounts__SigningKey");
    }

    private static StartUpCheck Check(Dictionary<string, string?> settings, params (string Key, string Value)[] changes)
    {
        var changed = new Dictionary<string, string?>(settings);
        foreach (var (key, value) in changes)
        {
            changed[key] = value;
        }

        return StartUpCheck.Of(new ConfigurationBuilder().AddInMemoryCollection(changed).Build());
    }

    private static string Key()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return key.ExportPkcs8PrivateKeyPem();
    }
}
