using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Portico.EmbeddedHost.Tests.Hosting;

namespace Portico.EmbeddedHost.Tests.Web;

public sealed class StaticWebAppTests : IAsyncLifetime
{
    private const string Script = "console.log('hello from a built script');";

    private TestHost _host = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await TestHost.StartAsync();
        var root = _host.Settings.WebRoot;
        Directory.CreateDirectory(Path.Combine(root, "viewer"));
        Directory.CreateDirectory(Path.Combine(root, "assets"));
        File.WriteAllText(Path.Combine(root, "index.html"), "portal");
        File.WriteAllText(Path.Combine(root, "viewer", "index.html"), "viewer");
        File.WriteAllBytes(Path.Combine(root, "assets", "tracker-a1b2c3d4.wasm"), [0, 97, 115, 109]);
        File.WriteAllText(Path.Combine(root, "assets", "app-a1b2c3d4.js"), Script);
        using (var compressed = new BrotliStream(File.Create(Path.Combine(root, "assets", "app-a1b2c3d4.js.br")), CompressionLevel.Fastest))
        {
            compressed.Write(System.Text.Encoding.UTF8.GetBytes(Script));
        }

        File.WriteAllText(Path.Combine(_host.DataPath, "outside.txt"), "outside");

        // The rules that the front end ships with, not a copy made for this test.
        File.Copy(Path.Combine(_host.Settings.Root, "static-webxr", "staticwebapp.config.json"), Path.Combine(root, "staticwebapp.config.json"));
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("/", "portal")]
    [InlineData("/index.html", "portal")]
    [InlineData("/projects/42/links", "portal")]
    [InlineData("/v/abc123", "viewer")]
    [InlineData("/v/abc123?lang=de", "viewer")]
    public async Task Get_Page_IsRewrittenAsConfiguredAndRevalidated(string path, string page)
    {
        using var response = await _host.Client.GetAsync(path);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await response.Content.ReadAsStringAsync()).ShouldBe(page);
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        response.Headers.CacheControl!.NoCache.ShouldBeTrue();
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        response.Headers.GetValues("Permissions-Policy").Single().ShouldContain("camera=(self)");

        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(response.Headers.ETag!);
        using var unchanged = await _host.Client.SendAsync(again);
        unchanged.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task Get_HashedAsset_IsImmutableAndOfItsType()
    {
        using var response = await _host.Client.GetAsync("/assets/tracker-a1b2c3d4.wasm");
        response.Content.Headers.ContentType!.ToString().ShouldBe("application/wasm");
        response.Headers.CacheControl!.ToString().ShouldContain("immutable");
    }

    [Fact]
    public async Task Get_PrecompressedAsset_IsSentToThoseWhoTakeIt()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/assets/app-a1b2c3d4.js");
        request.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("br"));
        using var compressed = await _host.Client.SendAsync(request);
        compressed.Content.Headers.ContentEncoding.ShouldBe(["br"]);
        compressed.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
        using var reader = new StreamReader(new BrotliStream(await compressed.Content.ReadAsStreamAsync(), CompressionMode.Decompress));
        (await reader.ReadToEndAsync()).ShouldBe(Script);

        using var plain = await _host.Client.GetAsync("/assets/app-a1b2c3d4.js");
        plain.Content.Headers.ContentEncoding.ShouldBeEmpty();
        plain.Headers.Vary.ShouldContain("Accept-Encoding");
        (await plain.Content.ReadAsStringAsync()).ShouldBe(Script);
    }

    [Fact]
    public async Task Get_MissingAsset_IsNotFoundAndNeitherAPageNorCached()
    {
        using var response = await _host.Client.GetAsync("/assets/gone-00000000.js");
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Theory]
    [InlineData("/..%2foutside.txt")]
    [InlineData("/assets/..%2f..%2foutside.txt")]
    [InlineData("/%2e%2e/outside.txt")]
    [InlineData("/..%5coutside.txt")]
    [InlineData("/staticwebapp.config.json")]
    [InlineData("//etc/passwd")]
    [InlineData("/index.html%00")]
    public async Task Get_PathTricks_NeverLeaveTheRoot(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_host.Origin.ToString().TrimEnd('/') + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        using var response = await _host.Client.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        body.ShouldNotContain("outside");
        body.ShouldNotContain("root:");
        body.ShouldNotContain("navigationFallback");
    }

    [Fact]
    public async Task Post_ToAPage_IsNotServed()
    {
        using var response = await _host.Client.PostAsync("/", null);
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }
}
