using System.Diagnostics;
using System.Net;
using Azure.Storage.Blobs;

namespace CrashBenchmark;

/// <summary>
/// The product itself, as ./run starts it and with the Azurite that it starts, under load: people write, upload pictures
/// and listen while it is killed again and again. Then judged.
/// </summary>
/// <param name="killed">Told of every kill: how many there were.</param>
public sealed class ProductRun(int kills, int seed, Action<int>? killed = null)
{
    private const int Uploaders = 4;
    private const int ProjectEditors = 2;
    private static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(5);

    private readonly Findings _findings = new();
    private readonly Ledger _ledger = new();
    private readonly string _dataPath = Directory.CreateTempSubdirectory("portico-crash-product-").FullName;
    private int _looks;

    /// <exception cref="InvalidOperationException">The host does not start any more, or the product refuses something.</exception>
    public async Task<CrashReport> RunAsync(CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        using var caller = new Caller(_findings);
        var app = new Victim("the product's host", Environment.GetEnvironmentVariable("PORTICO_APP_DLL") ?? Repository.Built("functions", "App", "Portico.App.dll"), _dataPath, new Dictionary<string, string>());
        var loop = new KillLoop(app, caller, _findings, new KillSchedule(seed), LongestLife, () => _ledger.Acknowledgements, killed);
        var product = new ProductClients(caller, _ledger, _findings);
        var uploads = new UploadClients(caller, product, _findings);

        await loop.StartAsync(cancellation);
        await SignInAsync(caller, product, cancellation);
        var random = new Random(seed);
        var (scene, sceneAssets) = await MakeSceneAsync(product, uploads, random, cancellation);
        var projects = new List<string>();
        for (var i = 0; i < Uploaders; i++)
        {
            projects.Add(await CreateProjectAsync(product, $"Uploads {i}", cancellation));
        }

        using (var clients = new ClientGroup(_findings, cancellation))
        {
            clients.Add(stopping => product.RunLinkAsync(scene, stopping));
            clients.Add(stopping => product.RunBeaconsAsync(scene, new Random(seed), stopping));
            for (var i = 0; i < ProjectEditors; i++)
            {
                var client = i;
                clients.Add(stopping => product.RunProjectsAsync(client, stopping));
            }

            foreach (var (client, projectId) in projects.Index())
            {
                var pictures = new Random(random.Next());
                clients.Add(stopping => uploads.RunAsync(client, projectId, pictures, stopping));
                clients.Add(stopping => uploads.ListenAsync(projectId, stopping));
            }

            await loop.RunAsync(kills, LookAsync, cancellation);
            await clients.StopAsync();
        }

        var assets = new List<IngestedAsset>(await uploads.SettleAsync(cancellation));
        foreach (var id in sceneAssets)
        {
            var asset = await uploads.SettledAsync(id, cancellation);
            assets.Add(new(id, asset.GetProperty("status").GetString()!, 1, await uploads.MediaAsync(asset, cancellation), ToldReady: false));
        }

        var written = await product.ReadAsync(scene, cancellation);
        var published = await PublishedAsync(loop.AzuriteConnection, [scene.ProjectId, .. projects], cancellation);
        await loop.StopAsync();
        var violations = (IReadOnlyList<string>)[.. _findings.All, .. Verifier.Check(new Evidence
        {
            Writes = written,
            Orchestrations = [],
            Journal = [],
            Recorded = await DataFolder.RecordedAsync(_dataPath),
            Looks = [],
            Databases = await DataFolder.CheckAsync(_dataPath),
            Assets = assets,
            PublishedBlobs = published,
        })];
        if (violations.Count == 0)
        {
            Directory.Delete(_dataPath, recursive: true);
        }

        return new(
            "product",
            seed,
            loop.Kills,
            loop.KillsWhileStarting,
            _looks,
            _ledger.Acknowledgements,
            uploads.Messages,
            Orchestrations: uploads.Count,
            ActivityRuns: 0,
            ActivitiesRunAgain: 0,
            uploads.Count,
            Recovery.Of(loop.ReadyAfterMs),
            Stopwatch.GetElapsedTime(started).TotalSeconds,
            violations);
    }

    private static async Task SignInAsync(Caller caller, ProductClients product, CancellationToken cancellation)
    {
        var person = new { email = $"{Guid.NewGuid():N}@example.com", password = $"correct horse {Guid.NewGuid():N}", displayName = "Tester" };
        caller.AccessToken = (await product.ExpectAsync("POST", "auth/register", person, HttpStatusCode.Created, cancellation)).GetProperty("accessToken").GetString();
        caller.SignInAgain = async again =>
            (await product.ExpectAsync("POST", "auth/login", new { person.email, person.password }, HttpStatusCode.OK, again)).GetProperty("accessToken").GetString()!;
    }

    private static async Task<string> CreateProjectAsync(ProductClients product, string name, CancellationToken cancellation) =>
        (await product.ExpectAsync("POST", "projects", new { name }, HttpStatusCode.Created, cancellation)).GetProperty("id").GetString()!;

    /// <summary>A picture, a clip and a link that plays one on the other, before the first kill.</summary>
    private static async Task<(ProductScene Scene, string[] AssetIds)> MakeSceneAsync(ProductClients product, UploadClients uploads, Random random, CancellationToken cancellation)
    {
        var projectId = await CreateProjectAsync(product, "Scene", cancellation);
        var imageAssetId = await uploads.SendAsync(projectId, "poster.png", "image/png", Picture.Random(random), cancellation);
        var contentAssetId = await uploads.SendAsync(projectId, "clip.mp4", "video/mp4", await ClipAsync(), cancellation);
        foreach (var id in new[] { imageAssetId, contentAssetId })
        {
            await uploads.SettledAsync(id, cancellation);
        }

        object[] targets = [new { imageAssetId, contentAssetId }];
        var link = await product.ExpectAsync("POST", $"projects/{projectId}/links", new { title = "0", targets }, HttpStatusCode.Created, cancellation);
        return (new(projectId, link.GetProperty("code").GetString()!, targets), [imageAssetId, contentAssetId]);
    }

    private static async Task<byte[]> ClipAsync()
    {
        var file = Path.Combine(Path.GetTempPath(), $"portico-crash-{Guid.NewGuid():N}.mp4");
        using var ffmpeg = Process.Start("ffmpeg", ["-v", "error", "-f", "lavfi", "-i", "testsrc2=160x120:d=1:r=10", "-c:v", "libx264", "-pix_fmt", "yuv420p", file]);
        await ffmpeg.WaitForExitAsync();
        var bytes = await File.ReadAllBytesAsync(file);
        File.Delete(file);
        return bytes;
    }

    /// <summary>Media by the projects' names; manifests lie elsewhere.</summary>
    private static async Task<IReadOnlySet<string>> PublishedAsync(string connection, IReadOnlyList<string> projects, CancellationToken cancellation)
    {
        var names = new HashSet<string>();
        foreach (var project in projects)
        {
            await foreach (var blob in new BlobServiceClient(connection).GetBlobContainerClient("public").GetBlobsAsync(prefix: $"{project}/", cancellationToken: cancellation))
            {
                names.Add(blob.Name);
            }
        }

        return names;
    }

    private async Task LookAsync()
    {
        var (_, databases) = await DataFolder.LookAsync(_dataPath, Path.Combine(_dataPath, "none.journal"));
        _looks++;
        foreach (var broken in databases.Where(database => database.Result != "ok"))
        {
            _findings.Add($"integrity after a kill: {broken.File}: {broken.Result}");
        }
    }
}
