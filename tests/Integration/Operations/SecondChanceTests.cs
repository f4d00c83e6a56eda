using System.Net;
using System.Text.Json;
using Microsoft.DurableTask.Client;
using Portico.Accounts;
using Portico.Http;
using Portico.Storage;

namespace Integration.Operations;

/// <summary>What really failed, as administrators find it, and its retry once the cause is gone.</summary>
public sealed class SecondChanceTests(HurriedApp app) : IClassFixture<HurriedApp>, IAsyncLifetime
{
    private const string AdminEmail = "admin@portico.local";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private Campaigner _me = null!;
    private Campaigner _admin = null!;
    private string _projectId = "";

    public async ValueTask InitializeAsync()
    {
        _me = await Campaigner.RegisterAsync(app.Origin);
        _admin = await AdministratorAsync();
        _projectId = await _me.CreateProjectAsync();
    }

    public ValueTask DisposeAsync()
    {
        _me.Dispose();
        _admin.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task FailedIngest_RetriedOnceItsCauseIsGone_BecomesReady()
    {
        // A file where the tools want a folder: every try of every step that needs one fails.
        var aside = app.WorkPath + ".aside";
        Directory.Move(app.WorkPath, aside);
        await File.WriteAllTextAsync(app.WorkPath, "");
        var assetId = await _me.UploadAsync(_projectId, "poster.jpg", "image/jpeg", TestMedia.OtherPhoto);
        var failed = await _me.SettledAsync(assetId);
        failed.GetProperty("failure").GetProperty("code").GetString().ShouldBe("processing.failed", failed.ToString());

        var listed = await ListedAsync("operations/orchestrations?limit=100", entry => entry.GetProperty("id").GetString()!.Contains(assetId, StringComparison.Ordinal));
        listed.GetProperty("name").GetString().ShouldBe("IngestAsset");
        listed.GetProperty("status").GetString().ShouldBe("failed");
        var id = listed.GetProperty("id").GetString()!;
        var inspected = await _admin.CallAsync("GET", $"operations/orchestrations/{id}");
        inspected.GetProperty("input").GetProperty("AssetId").GetString().ShouldBe(assetId);
        inspected.GetProperty("customStatus").GetString().ShouldBe("failed");
        inspected.GetProperty("failure").GetProperty("message").GetString().ShouldNotBeNullOrEmpty();
        inspected.GetProperty("retryRule").GetString().ShouldNotBeNullOrEmpty();

        File.Delete(app.WorkPath);
        Directory.Move(aside, app.WorkPath);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _admin.CallAsync("POST", $"operations/orchestrations/{id}/retry", expected: HttpStatusCode.Accepted)));
        answers.Select(answer => answer.GetProperty("instanceId").GetString()).Distinct().ShouldHaveSingleItem().ShouldNotBe(id, "four requests, one new run");

        var ready = await _me.SettledAsync(assetId);
        ready.GetProperty("status").GetString().ShouldBe("ready", ready.ToString());
        await using var client = app.Service<DurableTaskClient>();
        (await client.GetAllInstancesAsync(new OrchestrationQuery(InstanceIdPrefix: $"retry-{assetId}")).ToListAsync()).Count.ShouldBe(1);

        using var late = await _admin.SendAsync("POST", $"operations/orchestrations/{id}/retry");
        await late.ShouldBeAsync(ErrorCatalogue.NothingToRetry);
        var second = (await ListedAsync($"operations/orchestrations?status=completed&prefix=retry-{assetId}", _ => true)).GetProperty("id").GetString();
        using var well = await _admin.SendAsync("POST", $"operations/orchestrations/{second}/retry");
        await well.ShouldBeAsync(ErrorCatalogue.NotFailed);
    }

    [Fact]
    public async Task PoisonedBlob_RetriedOnceItsCauseIsGone_IsIngested()
    {
        // The asset's document is unreadable, so its trigger's function throws each time.
        var (assetId, url) = await _me.AnnounceAsync(_projectId, "poster.jpg", "image/jpeg", TestMedia.OtherPhoto.Length);
        var sound = ExchangeJson(assetId, """{"id":"broken"}""");
        await _me.PutAsync(url, TestMedia.OtherPhoto, "image/jpeg");

        var blob = $"uploads/{_projectId}/{assetId}/source";
        var poisoned = await ListedAsync("operations/blobs", entry => entry.GetProperty("blob").GetString() == blob && entry.GetProperty("state").GetString() == "poisoned");
        poisoned.GetProperty("function").GetString().ShouldBe("IngestUploadedBlob");
        poisoned.GetProperty("tries").GetInt32().ShouldBe(5);
        poisoned.GetProperty("failure").GetProperty("type").GetString().ShouldNotBeNullOrEmpty();
        var id = poisoned.GetProperty("id").GetString()!;
        (await _admin.CallAsync("GET", $"operations/blobs/{id}")).GetProperty("version").GetString().ShouldBe(poisoned.GetProperty("version").GetString());

        // Retried too early it is poisoned anew, by all its tries.
        await _admin.CallAsync("POST", $"operations/blobs/{id}/retry", expected: HttpStatusCode.Accepted);
        var again = await ListedAsync("operations/blobs", entry => entry.GetProperty("id").GetString() == id && entry.GetProperty("state").GetString() == "poisoned");
        again.GetProperty("version").GetString().ShouldNotBe(poisoned.GetProperty("version").GetString());
        again.GetProperty("tries").GetInt32().ShouldBe(5);

        ExchangeJson(assetId, sound);
        await _admin.CallAsync("POST", $"operations/blobs/{id}/retry", expected: HttpStatusCode.Accepted);
        var ready = await _me.SettledAsync(assetId);
        ready.GetProperty("status").GetString().ShouldBe("ready", ready.ToString());
        using var gone = await _admin.SendAsync("GET", $"operations/blobs/{id}");
        await gone.ShouldBeAsync(ErrorCatalogue.NotFound);
    }

    [Fact]
    public async Task PoisonedBlob_ThatIsGone_IsTakenOffTheList()
    {
        var (assetId, url) = await _me.AnnounceAsync(_projectId, "poster.jpg", "image/jpeg", 3);
        ExchangeJson(assetId, """{"id":"broken"}""");
        await _me.PutAsync(url, [1, 2, 3], "image/jpeg");
        var blob = $"uploads/{_projectId}/{assetId}/source";
        var poisoned = await ListedAsync("operations/blobs", entry => entry.GetProperty("blob").GetString() == blob && entry.GetProperty("state").GetString() == "poisoned");
        var id = poisoned.GetProperty("id").GetString()!;

        await app.Service<Portico.Blobs.IBlobStore>().DeleteAsync(Portico.Blobs.BlobName.Upload(_projectId, assetId), CancellationToken.None);

        using var retry = await _admin.SendAsync("POST", $"operations/blobs/{id}/retry");
        await retry.ShouldBeAsync(ErrorCatalogue.SourceGone);
        using var gone = await _admin.SendAsync("GET", $"operations/blobs/{id}");
        await gone.ShouldBeAsync(ErrorCatalogue.NotFound);
    }

    private async Task<Campaigner> AdministratorAsync()
    {
        // The first start makes the account while the tests have begun.
        var deadline = DateTime.UtcNow + Patience;
        while (await app.Service<AccountStore>().FindByEmailAsync(AdminEmail, CancellationToken.None) is null)
        {
            DateTime.UtcNow.ShouldBeLessThan(deadline);
            await Task.Delay(50);
        }

        return await Campaigner.SignInAsync(app.Origin, AdminEmail, HurriedApp.AdminPassword);
    }

    private async Task<JsonElement> ListedAsync(string path, Func<JsonElement, bool> which)
    {
        var deadline = DateTime.UtcNow + Patience;
        while (true)
        {
            var page = await _admin.CallAsync("GET", path);
            if (page.GetProperty("items").EnumerateArray().FirstOrDefault(which) is { ValueKind: JsonValueKind.Object } found)
            {
                return found;
            }

            (DateTime.UtcNow < deadline).ShouldBeTrue(page.ToString());
            await Task.Delay(100);
        }
    }

    /// <summary>Changes an asset's document behind the store's back; what it was.</summary>
    private string ExchangeJson(string assetId, string json)
    {
        var database = SqliteDatabase.Open(Path.Combine(app.DataPath, "portico.db"), "");
        try
        {
            return database.WriteAsync(session =>
            {
                var before = (string)session.Statement("SELECT json FROM document WHERE container = 'assets' AND id = $1", assetId).ExecuteScalar()!;
                session.Run("UPDATE document SET json = $2 WHERE container = 'assets' AND id = $1", assetId, json);
                return before;
            }).GetAwaiter().GetResult();
        }
        finally
        {
            database.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
