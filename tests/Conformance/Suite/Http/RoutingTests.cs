using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Conformance.Http;

/// <summary>How requests find functions, and what of a request reaches them.</summary>
public sealed class RoutingTests(Target target)
{
    /// <summary>
    /// Functions are below host.json's prefix and nowhere else. Source: Azure/azure-functions-dotnet-worker,
    /// test/extensions/Worker.Extensions.Tests/AspNetCore/FunctionsEndpointDataSourceTests.cs, GetRoutePrefix.
    /// </summary>
    [Fact]
    public async Task Route_OutsideThePrefix_IsNotFound()
    {
        (await target.GetAsync("alive")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await target.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(target.Origin, "alive")))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await target.SendAsync(new HttpRequestMessage(HttpMethod.Get, new Uri(target.Origin, "api/alive")))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    /// <summary>Without a route a function answers under its name, without regard to case. Source: the same file, MapHttpFunction and MapHttpFunction_CustomRoute_CaseInsensitive.</summary>
    [Theory]
    [InlineData("DefaultRoute")]
    [InlineData("defaultroute")]
    public async Task Route_NotGiven_IsTheFunctionsName(string path) => (await target.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.OK);

    /// <summary>Source: the same file, MapHttpFunction_CustomRoute_NoHttpMethodSpecified: no methods means every method.</summary>
    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    public async Task Methods_NotGiven_AreAll(string method) =>
        (await Target.ReadTextAsync(await target.SendAsync(new HttpMethod(method), "any-method"))).ShouldBe(method);

    /// <summary>
    /// A method that is not listed does not reach the function. The official host matches methods as a route constraint, so
    /// that such a request finds no route; the embedded host says that the method is the trouble. Source:
    /// Azure/azure-functions-host, src/WebJobs.Script/Http (routes are mapped by their methods).
    /// </summary>
    [Fact]
    [Trait("Differs", "method not allowed: 405 embedded, 404 in Azure")]
    public async Task Method_NotListed_DoesNotReachTheFunction()
    {
        (await target.SendAsync(HttpMethod.Put, "get-or-put")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await target.SendAsync(HttpMethod.Delete, "get-or-put")).StatusCode.ShouldBe(target.Of(embedded: HttpStatusCode.MethodNotAllowed, azure: HttpStatusCode.NotFound));
    }

    /// <summary>
    /// Constraints decide between routes, and route values arrive as the parameter's type. Source: Azure/azure-webjobs-sdk-extensions,
    /// test/WebJobs.Extensions.Http.Tests/HttpTriggerBindingTests.cs, GetRequestBindingData_ReadsFromRoute_BindsAllTypes;
    /// Azure/azure-functions-host, test/WebJobs.Script.Tests.Integration/WebHostEndToEnd/SamplesEndToEndTests_CSharp.cs, HttpTrigger_CustomRoute_ReturnsExpectedResponse.
    /// </summary>
    [Theory]
    [InlineData("numbers/41", "number", "42")]
    [InlineData("things/0f8fad5b-d9cb-469f-a165-70867728950e", "guid", "0f8fad5b-d9cb-469f-a165-70867728950e")]
    [InlineData("things/abc", "letters", "abc")]
    public async Task RouteValue_ThatFits_ArrivesAsItsType(string path, string kind, string value)
    {
        var answer = await target.GetJsonAsync<JsonElement>(path);
        answer.GetProperty("kind").GetString().ShouldBe(kind);
        answer.GetProperty("value").ToString().ShouldBe(value);
    }

    [Theory]
    [InlineData("numbers/0")]
    [InlineData("numbers/-3")]
    [InlineData("numbers/one")]
    [InlineData("numbers/99999999999")]
    [InlineData("things/abcd")]
    [InlineData("things/a1c")]
    [InlineData("numbers/1/more")]
    public async Task RouteValue_ThatDoesNotFit_FindsNothing(string path) => (await target.GetAsync(path)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

    [Fact]
    public async Task OptionalPart_LeftOut_IsNull()
    {
        (await target.GetJsonAsync<JsonElement>("optional/a/b")).GetProperty("second").GetString().ShouldBe("b");
        (await target.GetJsonAsync<JsonElement>("optional/a")).GetProperty("second").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task CatchAll_TakesTheRest() => (await target.GetTextAsync("tail/a/b/c.txt")).ShouldBe("a/b/c.txt");

    /// <summary>
    /// On a developer's machine no authorization level asks for a key; in Azure "function" and "admin" do. Source:
    /// Azure/azure-functions-host, test/WebJobs.Script.Tests/Security/Authorization/FunctionAuthorizationHandlerTests.cs, and
    /// Azure/azure-functions-core-tools, whose local host authorises every request.
    /// </summary>
    [Theory]
    [InlineData("levels/function")]
    [InlineData("levels/admin")]
    public async Task AuthorizationLevel_OnALocalHost_AsksForNoKey(string path)
    {
        var expected = target.Origin.IsLoopback ? HttpStatusCode.OK : HttpStatusCode.Unauthorized;
        (await target.GetAsync(path)).StatusCode.ShouldBe(expected);
    }

    /// <summary>
    /// The body arrives byte for byte whatever its media type; headers and repeated query values arrive. Source:
    /// Azure/azure-functions-dotnet-worker, test/E2ETests/E2ETests/HttpEndToEndTests.cs, HttpTriggerTestsMediaTypeDoNotMatter;
    /// Azure/azure-functions-host, SamplesEndToEndTests_CSharp.cs, HttpTrigger_DuplicateQueryParams_Succeeds.
    /// </summary>
    [Theory]
    [InlineData("application/octet-stream")]
    [InlineData("text/plain")]
    [InlineData("application/json")]
    [InlineData("image/png")]
    public async Task Request_OfAnyMediaType_ArrivesWhole(string mediaType)
    {
        var body = new byte[20_000];
        new Random(7).NextBytes(body);
        var request = new HttpRequestMessage(HttpMethod.Post, target.Address("echo?q=one&q=two%20words")) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new(mediaType);
        request.Headers.Add("x-sent", "a header");

        var answer = await target.SendAsync(request);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await answer.Content.ReadAsByteArrayAsync()).ShouldBe(body);
        answer.Headers.GetValues("x-seen-header").ShouldBe(["a header"]);
        answer.Headers.GetValues("x-seen-query").ShouldBe(["one|two words"]);
        answer.Headers.GetValues("x-seen-content-type").ShouldBe([mediaType]);
    }

    /// <summary>Source: Azure/azure-functions-dotnet-worker, FunctionsHttpProxyingMiddlewareTests.cs, Middleware_AddsHttpContextToFunctionContext_Success.</summary>
    [Fact]
    public async Task HttpContext_OfTheFunctionContext_IsTheRequests() =>
        (await target.SendAsync(HttpMethod.Post, "echo", new StringContent("x"))).Headers.GetValues("x-same-request").ShouldBe(["True"]);

    /// <summary>Source: Azure/azure-functions-dotnet-worker, test/E2ETests/E2ETests/HttpEndToEndTests.cs, HttpTriggerTests_PocoFromBody.</summary>
    [Fact]
    public async Task FromBody_OfJson_ArrivesAsTheType()
    {
        var colour = await Target.ReadAsync<JsonElement>(await target.SendAsync(HttpMethod.Post, "colours", JsonContent.Create(new { name = "teal", red = 12 })));

        colour.GetProperty("name").GetString().ShouldBe("teal");
        colour.GetProperty("red").GetInt32().ShouldBe(12);
    }

    /// <summary>A body that is no such JSON: a converter's failure is a failed invocation in Azure; the embedded host says whose fault it is.</summary>
    [Fact]
    [Trait("Differs", "[FromBody] that does not fit: 400 embedded, 500 in Azure")]
    public async Task FromBody_OfGarbage_NeverReachesTheFunction()
    {
        var answer = await target.SendAsync(HttpMethod.Post, "colours", new StringContent("{\"name\":", Encoding.UTF8, "application/json"));

        answer.StatusCode.ShouldBe(target.Of(embedded: HttpStatusCode.BadRequest, azure: HttpStatusCode.InternalServerError));
        (await answer.Content.ReadAsStringAsync()).ShouldNotContain("JsonException");
    }

    /// <summary>Every invocation has an id of its own and knows its function. Source: Azure/azure-functions-dotnet-worker, test/DotNetWorker.Tests/FunctionMetadata/DefaultFunctionMetadataTests.cs and docs of FunctionContext.</summary>
    [Fact]
    public async Task FunctionContext_TellsOfTheFunctionAndTheInvocation()
    {
        var one = await target.GetJsonAsync<JsonElement>("contexts/a");
        var two = await target.GetJsonAsync<JsonElement>("contexts/b");

        one.GetProperty("function").GetString().ShouldBe("Context");
        one.GetProperty("entryPoint").GetString().ShouldBe("Conformance.Functions.Http.RouteProbes.Context");
        one.GetProperty("trigger").GetString().ShouldBe("httpTrigger");
        one.GetProperty("parameters").EnumerateArray().Select(name => name.GetString()).ShouldBe(["request", "part", "context", "cancellation"]);
        one.GetProperty("sameToken").GetBoolean().ShouldBeTrue();
        one.GetProperty("invocationId").GetString().ShouldNotBe(two.GetProperty("invocationId").GetString());
    }
}
