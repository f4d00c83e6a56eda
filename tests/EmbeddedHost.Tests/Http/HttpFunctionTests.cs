using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;
using Portico.EmbeddedHost.Tests.Hosting;

namespace Portico.EmbeddedHost.Tests.Http;

public sealed class HttpFunctionTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await TestHost.StartAsync(settings: "--AzureWebJobs.TurnedOff.Disabled=true");

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Get_RouteWithConstraints_BindsValuesByName()
    {
        var id = Guid.NewGuid();
        var answer = await _host.Client.GetFromJsonAsync<JsonElement>($"/api/v1/items/{id}/7?q=a%20b");
        answer.GetProperty("itemId").GetGuid().ShouldBe(id);
        answer.GetProperty("number").GetInt32().ShouldBe(7);
        answer.GetProperty("query").GetString().ShouldBe("a b");
    }

    [Theory]
    [InlineData("/api/v1/items/not-a-guid/7", 404, "resource.not_found")]
    [InlineData("/api/v1/nothing/here", 404, "resource.not_found")]
    [InlineData("/api/v1/off", 404, "resource.not_found")]
    [InlineData("/api/v1/colours", 405, "request.method_not_allowed")]
    public async Task Get_NoSuchRouteOrMethod_AnswersProblem(string path, int status, string code)
    {
        using var response = await _host.Client.GetAsync(path);
        ((int)response.StatusCode).ShouldBe(status);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        problem.GetProperty("code").GetString().ShouldBe(code);
        problem.GetProperty("status").GetInt32().ShouldBe(status);
        problem.GetProperty("traceId").GetString().ShouldNotBeNullOrEmpty();
        if (status == 405)
        {
            response.Content.Headers.Allow.ShouldBe(["POST"]);
        }
    }

    [Fact]
    public async Task Get_FunctionAnswersNotFoundItself_LeavesItsAnswerAlone()
    {
        using var response = await _host.Client.GetAsync("/api/v1/missing");
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadAsStringAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Post_JsonBody_BindsItAndExecutesTheResult()
    {
        using var response = await _host.Client.PostAsJsonAsync("/api/v1/colours", new { name = "rust", red = 183 });
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        response.Headers.Location!.OriginalString.ShouldBe("/colours/rust");
        var answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        answer.GetProperty("red").GetInt32().ShouldBe(183);
        answer.GetProperty("name").GetString().ShouldBe("AddColour");
        answer.GetProperty("sameRequest").GetBoolean().ShouldBeTrue();
    }

    [Theory]
    [InlineData("{\"name\": \"secretvalue\", \"red\": ", "application/json", 400)]
    [InlineData("{\"name\": \"x\", \"red\": \"secretvalue\"}", "application/json", 400)]
    [InlineData("null", "application/json", 400)]
    [InlineData("", "application/json", 400)]
    [InlineData("red=secretvalue", "application/x-www-form-urlencoded", 415)]
    public async Task Post_BodyThatDoesNotFit_AnswersProblemWithoutRepeatingIt(string body, string type, int status)
    {
        using var response = await _host.Client.PostAsync("/api/v1/colours", new StringContent(body, Encoding.UTF8, type));
        ((int)response.StatusCode).ShouldBe(status);
        var text = await response.Content.ReadAsStringAsync();
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
        text.ShouldNotContain("secretvalue");
    }

    [Fact]
    public async Task Get_FunctionThrows_AnswersProblemWithoutExceptionText()
    {
        using var response = await _host.Client.GetAsync("/api/v1/break");
        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        var text = await response.Content.ReadAsStringAsync();
        text.ShouldContain("service.internal");
        text.ShouldNotContain("secret");
        text.ShouldNotContain("InvalidOperation");
    }

    [Fact]
    public async Task Get_TwoInvocations_EachHasAScopeThatEnds()
    {
        var first = await _host.Client.GetStringAsync("/api/v1/scope");
        var second = await _host.Client.GetStringAsync("/api/v1/scope");
        first.ShouldNotBe(second);
        await _host.Seen.WaitForAsync($"scope ended {first}");
        await _host.Seen.WaitForAsync($"scope ended {second}");
    }

    [Fact]
    public async Task Get_Middleware_SeesTheInvocationAndMayAnswerForIt()
    {
        await using var host = await TestHost.StartAsync(configure: builder => builder
            .UseMiddleware(async (context, next) =>
            {
                try
                {
                    await next();
                }
                catch (InvalidOperationException)
                {
                    context.GetInvocationResult().Value = new ObjectResult(new { Mapped = context.FunctionDefinition.Name }) { StatusCode = 409 };
                }
            })
            .UseWhen(context => context.BindingContext.BindingData.ContainsKey("number"), async (context, next) =>
            {
                context.GetHttpContext()!.Response.Headers["x-number"] = context.BindingContext.BindingData["number"]!.ToString();
                await next();
            }));

        using var mapped = await host.Client.GetAsync("/api/v1/break");
        mapped.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await mapped.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("mapped").GetString().ShouldBe("Break");
        using var numbered = await host.Client.GetAsync($"/api/v1/items/{Guid.NewGuid()}/12");
        numbered.Headers.GetValues("x-number").ShouldBe(["12"]);
    }
}
