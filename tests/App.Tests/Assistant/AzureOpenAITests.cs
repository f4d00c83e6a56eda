using System.ClientModel.Primitives;
using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Microsoft.Extensions.Configuration;
using Portico.Assistant;

namespace App.Tests.Assistant;

/// <summary>What would reach Azure OpenAI, by the shape of the request.</summary>
public sealed class AzureOpenAITests
{
    [Fact]
    public async Task Connect_ByIdentity_AsksTheDeploymentAtTheV1EndpointWithATokenOfTheRightScope()
    {
        var identity = new StandingIdentity();
        var (request, body) = await AskAsync(Settings(), identity);

        request.Method.ShouldBe(HttpMethod.Post);
        request.RequestUri!.AbsoluteUri.ShouldBe("https://resource.openai.azure.com/openai/v1/chat/completions");
        request.Headers.Authorization!.ToString().ShouldBe("Bearer token-of-an-identity");
        identity.Scopes.ShouldBe(["https://cognitiveservices.azure.com/.default"]);
        body.GetProperty("model").GetString().ShouldBe("gpt-deployment");
        body.GetProperty("messages")[0].GetProperty("content").GetString().ShouldBe("Hello");
    }

    [Fact]
    public async Task Connect_ByKey_SendsTheKeyAndAsksNoIdentity()
    {
        var identity = new StandingIdentity();
        var (request, _) = await AskAsync(Settings(("AzureOpenAI:ApiKey", "a-key")), identity);

        request.Headers.Authorization!.ToString().ShouldBe("Bearer a-key");
        identity.Scopes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("https://resource.openai.azure.com/")]
    [InlineData("https://resource.openai.azure.com/openai/v1/")]
    public void From_EndpointInEitherForm_IsTheResource(string endpoint) =>
        AzureOpenAI.From(Configuration(("AzureOpenAI:Endpoint", endpoint), ("AzureOpenAI:Deployment", "d")))!.Endpoint.AbsoluteUri.ShouldBe("https://resource.openai.azure.com/");

    [Fact]
    public void From_NoSetting_IsNothing() => AzureOpenAI.From(Configuration()).ShouldBeNull();

    private static async Task<(HttpRequestMessage Request, JsonElement Body)> AskAsync(AzureOpenAI settings, TokenCredential identity)
    {
        var handler = new Recorder();
        using var http = new HttpClient(handler);
        var client = settings.Connect(identity, new HttpClientPipelineTransport(http));

        var answer = await client.CompleteChatAsync("Hello");

        answer.Value.Content[0].Text.ShouldBe("Hi");
        return (handler.Request!, JsonDocument.Parse(handler.Body!).RootElement);
    }

    private static AzureOpenAI Settings(params (string, string)[] more) =>
        AzureOpenAI.From(Configuration([("AzureOpenAI:Endpoint", "https://resource.openai.azure.com"), ("AzureOpenAI:Deployment", "gpt-deployment"), .. more]))!;

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();

    private sealed class Recorder : HttpMessageHandler
    {
        public HttpRequestMessage? Request { get; private set; }

        public string? Body { get; private set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            (Request, Body) = (request, await request.Content!.ReadAsStringAsync(cancellationToken));
            const string answer = """{"id":"1","object":"chat.completion","created":1,"model":"gpt","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"Hi"}}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""";
            return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent(answer, Encoding.UTF8, "application/json") };
        }
    }

    private sealed class StandingIdentity : TokenCredential
    {
        public List<string> Scopes { get; } = [];

        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken)
        {
            Scopes.AddRange(requestContext.Scopes);
            return new AccessToken("token-of-an-identity", DateTimeOffset.UtcNow.AddHours(1));
        }

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(GetToken(requestContext, cancellationToken));
    }
}
