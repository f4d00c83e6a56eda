using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Portico.Http;

namespace Integration;

/// <summary>
/// Every route of the API, and the host's own for blobs and pages, with ids, queries, headers and bodies that were tampered with. Whatever comes of it: no 5xx, no answer that
/// takes ten seconds, no exception's text, and every refusal is a problem from the catalogue.
/// <c>PORTICO_FUZZ_SEED</c> repeats a run.
/// </summary>
[Collection(AppCollection.Name)]
public sealed class ApiFuzzTests(RunningApp app, ITestOutputHelper output)
{
    private static readonly int Inputs = Environment.GetEnvironmentVariable("PORTICO_TEST_FULL") == "1" ? 100_000 : 2_000;

    private static readonly string[] Bodies =
    [
        """{"email":"a@example.com","password":"long enough, this","displayName":"A"}""",
        """{"name":"A campaign"}""",
        """{"name":"a.jpg","contentType":"image/jpeg","bytes":1000,"kind":"image"}""",
        """{"assetId":"ID"}""",
        """{"title":"A poster","targets":[{"imageAssetId":"ID","contentAssetId":"ID"}]}""",
        """{"code":"abcdefgh","sessionId":"s1","events":[{"id":"event-000001","type":"view_started","at":"2026-11-20T12:00:00Z","targetId":"t","value":1.5,"reason":"r"}]}""",
    ];

    // Values that parsers, stores and languages trip over.
    private static readonly string[] Values =
    [
        "null", "true", "-0", "1e400", "-1e-400", "99999999999999999999999", "0.1", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udfff\\ud800\"", "\"\u202e\"", "\"Ω≈ç√∫\"", "\"'; DROP TABLE documents;--\"",
        "\"../../etc/passwd\"", "\"${jndi:ldap://x}\"", "\"{{7*7}}\"", "\"<script>\"", "[]", "{}", "[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]", "{\"a\":{\"b\":{}}}", "{\"$ref\":\"#\"}", "{\"__proto__\":{}}",
        "\"9999-12-31T23:59:59Z\"", "\"0001-01-01T00:00:00+14:00\"", "\"2026-02-30T00:00:00Z\"", "NaN", "Infinity", "'single'", "// comment", "\"" + new string('x', 3_000) + "\"",
    ];

    private static readonly string[] Segments =
    [
        "%00", "%2e%2e", "..%2f..", "%252e%252e", "%ff", "%c0%af", "%E2%80%AE", "%20", "+", "null", "undefined", "0", "-1", "*", "~", "'", "\"", "%22", ";", "a;b=c", "%3Cscript%3E", "{id}", "%7Bid%7D", "con", new string('a', 2_000),
        "prj_01ARZ3NDEKTSV4RRFFQ69G5FAV", "ast_01ARZ3NDEKTSV4RRFFQ69G5FAV01ARZ3NDEKTSV4RRFFQ69G5FAV", "zzzzzzzz",
    ];

    // What the host itself answers beside the API.
    private static readonly (string Method, string Template)[] OwnRoutes =
    [
        ("GET", "/cdn/{path}"), ("HEAD", "/cdn/m/{code}.json"), ("GET", "/cdn/{project}/{file}"), ("GET", "/blob/{account}/{container}/{blob}?sig=x"),
        ("PUT", "/blob/devstoreaccount1/uploads/{blob}?sig=x&se=2099-01-01&sp=w&sr=b&sv=2021-12-02"), ("GET", "/{page}"), ("GET", "/v/{code}"), ("POST", "/client/negotiate?hub={hub}"),
    ];

    private static readonly string[] Queries = ["", "?limit=0", "?limit=-1", "?limit=99999999999", "?limit=NaN", "?cursor=%00", "?cursor=AAAA", "?cursor=" + new string('A', 3_000), "?limit=2&limit=3", "?size=%", "?size=1e9", "?%00=%00", "?a[b]=c"];

    [Fact]
    public async Task Routes_TamperedRequests_AreRefusedAndNeverBreak()
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("PORTICO_FUZZ_SEED"), out var given) ? given : Random.Shared.Next();
        output.WriteLine($"PORTICO_FUZZ_SEED={seed}, {Inputs} inputs");
        using var me = await Campaigner.RegisterAsync(app);
        var projectId = await me.CreateProjectAsync();
        var (assetId, _) = await me.AnnounceAsync(projectId, "a.jpg", "image/jpeg", 1000);
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = app.Origin, Timeout = TimeSpan.FromSeconds(10) };
        var routes = new RouteTable(typeof(RouteTable).Assembly).Routes.SelectMany(route => route.Methods.Select(method => (Method: method.ToUpperInvariant(), Template: "/api/v1/" + route.Template))).Concat(OwnRoutes).ToArray();
        var faults = new ConcurrentQueue<string>();
        var codes = new ConcurrentDictionary<string, int>();

        await Parallel.ForEachAsync(Enumerable.Range(0, Inputs), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, _) =>
        {
            var random = new Random(unchecked((seed * 31) + number));
            var (method, template) = routes[random.Next(routes.Length)];
            using var request = Tampered(random, method, template, method == "DELETE" ? [] : [projectId, assetId]);
            request.Headers.Authorization = random.Next(20) == 0 ? null : new AuthenticationHeaderValue("Bearer", me.AccessToken);
            if (await FaultOfAsync(http, request, codes) is { } fault)
            {
                var body = request.Content is null ? "" : Encoding.UTF8.GetString(await request.Content.ReadAsByteArrayAsync(CancellationToken.None));
                faults.Enqueue($"input {number}: {fault}\n{request.Method} {request.RequestUri}\n{body}");
            }
        });

        faults.ShouldBeEmpty($"seed {seed}");
        output.WriteLine(string.Join(", ", codes.OrderByDescending(code => code.Value).Select(code => $"{code.Key} {code.Value}")));
        codes.Keys.ShouldContain(ErrorCatalogue.InvalidRequest.Code);
        codes.Keys.ShouldContain(ErrorCatalogue.InvalidJson.Code);
        codes.Keys.ShouldContain("success");
        (await me.CallAsync("GET", "projects")).GetProperty("items").GetArrayLength().ShouldBeGreaterThan(0);
    }

    private static async Task<string?> FaultOfAsync(HttpClient http, HttpRequestMessage request, ConcurrentDictionary<string, int> codes)
    {
        string text;
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request);
            text = await response.Content.ReadAsStringAsync();
        }
        catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException)
        {
            return $"no answer: {failure.Message}";
        }

        using (response)
        {
            var status = (int)response.StatusCode;
            var code = CodeOf(response, text);
            codes.AddOrUpdate(code ?? (status < 400 ? "success" : $"status {status}"), 1, (_, count) => count + 1);

            // A null byte in the address is refused by the server before anything of ours sees it.
            if (status == 400 && text.Length == 0 && request.RequestUri!.OriginalString.Contains("%00", StringComparison.Ordinal))
            {
                return null;
            }

            // Hashing passwords is the one thing of which only so many may wait.
            return status >= 500 && code != ErrorCatalogue.SignInBusy.Code ? $"status {status}: {text}"
                : status >= 400 && IsOfTheApi(request.RequestUri!.OriginalString) && (code is null || !ErrorCatalogue.All.ContainsKey(code)) ? $"status {status} without a code of the catalogue: {text}"
                : text.Contains("Exception", StringComparison.Ordinal) || text.Contains("   at Portico", StringComparison.Ordinal) ? $"an exception's text: {text}"
                : null;
        }
    }

    // Dots lead out of it: such a request is one for a page.
    private static bool IsOfTheApi(string target) => target.Contains("/api/v1/", StringComparison.Ordinal) && !target.Contains("/%2e%2e", StringComparison.Ordinal);

    private static string? CodeOf(HttpResponseMessage response, string text) =>
        response.Content.Headers.ContentType?.MediaType == "application/problem+json" ? JsonDocument.Parse(text).RootElement.GetProperty("code").GetString() : null;

    private HttpRequestMessage Tampered(Random random, string method, string template, string[] ids)
    {
        string Segment() => ids.Length > 0 && random.Next(2) == 0 ? ids[random.Next(ids.Length)] : Segments[random.Next(Segments.Length)];
        var path = System.Text.RegularExpressions.Regex.Replace(template, @"\{[^}]+\}", _ => Segment());
        if (random.Next(10) == 0)
        {
            path += "/" + Segment();
        }

        var target = $"{app.Origin.ToString().TrimEnd('/')}{path}{Queries[random.Next(3) == 0 ? random.Next(Queries.Length) : 0]}";
        var request = new HttpRequestMessage(new HttpMethod(method), new Uri(target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (method is "POST" or "PUT" or "PATCH")
        {
            var content = new ByteArrayContent(Body(random, ids));
            content.Headers.TryAddWithoutValidation("Content-Type", random.Next(15) switch { 0 => "text/plain", 1 => "application/json; charset=utf-7", 2 => "multipart/form-data", _ => "application/json" });
            request.Content = content;
        }

        if (random.Next(8) == 0)
        {
            request.Headers.TryAddWithoutValidation(random.Next(2) == 0 ? "If-Match" : "Idempotency-Key", random.Next(4) switch { 0 => "*", 1 => "\"x\"", 2 => new string('k', 300), _ => "W/\"\\" });
        }

        return request;
    }

    private static byte[] Body(Random random, string[] ids)
    {
        var json = Bodies[random.Next(Bodies.Length)].Replace("ID", ids.Length > 0 ? ids[^1] : "x", StringComparison.Ordinal);
        var bytes = Encoding.UTF8.GetBytes(json).ToList();
        for (var change = random.Next(4); change > 0; change--)
        {
            switch (random.Next(6))
            {
                case 0:
                    // Another value in the place of one: what stands between a colon and what ends it.
                    var text = Encoding.UTF8.GetString([.. bytes]);
                    var places = System.Text.RegularExpressions.Regex.Matches(text, @":(""[^""]*""|[^,}\]\[{]+)");
                    if (places.Count > 0)
                    {
                        var place = places[random.Next(places.Count)].Groups[1];
                        bytes = [.. Encoding.UTF8.GetBytes(text[..place.Index] + Values[random.Next(Values.Length)] + text[(place.Index + place.Length)..])];
                    }

                    break;
                case 1:
                    bytes.InsertRange(Math.Min(1, bytes.Count), Encoding.UTF8.GetBytes($"\"extra{random.Next(3)}\":{Values[random.Next(Values.Length)]},"));
                    break;
                case 2 when bytes.Count > 0:
                    bytes[random.Next(bytes.Count)] = (byte)random.Next(256);
                    break;
                case 3 when bytes.Count > 0:
                    bytes.RemoveRange(random.Next(bytes.Count), 1);
                    break;
                case 4 when bytes.Count > 0:
                    bytes = bytes[..random.Next(bytes.Count)];
                    break;
                case 5:
                    bytes.AddRange(bytes);
                    break;
            }
        }

        return [.. bytes];
    }
}
