using System.ClientModel;
using System.ClientModel.Primitives;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Configuration;
using OpenAI;
using OpenAI.Chat;

namespace Portico.Assistant;

/// <summary>
/// Which Azure OpenAI deployment to use, through its v1 endpoint: by identity, or by key where there is
/// <c>AzureOpenAI__ApiKey</c>. Without these settings everything is done by local algorithms.
/// </summary>
/// <param name="Endpoint">The resource: <c>https://my-resource.openai.azure.com</c>.</param>
/// <param name="Deployment">The model's deployment.</param>
/// <param name="ApiKey">Null: by identity.</param>
/// <param name="ClientId">Of a user-assigned identity; null: the system's.</param>
public sealed record AzureOpenAI(Uri Endpoint, string Deployment, string? ApiKey, string? ClientId)
{
    private const string Scope = "https://cognitiveservices.azure.com/.default";

    /// <summary>Null when no setting asks for it.</summary>
    /// <exception cref="InvalidOperationException">A setting that is missing or can't be used, named.</exception>
    public static AzureOpenAI? From(IConfiguration configuration)
    {
        var section = configuration.GetSection("AzureOpenAI");
        var (endpoint, deployment, key) = (section["Endpoint"], section["Deployment"], section["ApiKey"]);
        if (string.IsNullOrEmpty(endpoint))
        {
            return string.IsNullOrEmpty(deployment) && string.IsNullOrEmpty(key)
                ? null
                : throw new InvalidOperationException("AzureOpenAI__Endpoint is missing beside the other settings of Azure OpenAI: set it to an address such as https://my-resource.openai.azure.com, or remove those.");
        }

        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && !uri.IsLoopback) || uri.AbsolutePath.Trim('/') is not ("" or "openai/v1"))
        {
            throw new InvalidOperationException("AzureOpenAI__Endpoint is no address of a resource such as https://my-resource.openai.azure.com.");
        }

        return string.IsNullOrEmpty(deployment)
            ? throw new InvalidOperationException("AzureOpenAI__Deployment is missing: set it to the name under which the model is deployed.")
            : new AzureOpenAI(new Uri(uri.GetLeftPart(UriPartial.Authority)), deployment, string.IsNullOrEmpty(key) ? null : key, section["clientId"]);
    }

    /// <summary>The client of these settings; it opens no connection before it is asked for something.</summary>
    /// <param name="identity">Whose token is sent; the environment's by default. Not asked when there is a key.</param>
    /// <param name="transport">What sends the requests; HTTP by default.</param>
    public ChatClient Connect(TokenCredential? identity = null, PipelineTransport? transport = null)
    {
        var options = new OpenAIClientOptions { Endpoint = new Uri(Endpoint, "/openai/v1/") };
        if (transport is not null)
        {
            options.Transport = transport;
        }

        if (ApiKey is not null)
        {
            return new ChatClient(Deployment, new ApiKeyCredential(ApiKey), options);
        }

        var credential = identity ?? new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = ClientId });
#pragma warning disable OPENAI001 // The package marks its constructor for identities as one that may still change.
        return new ChatClient(Deployment, new BearerTokenPolicy(credential, Scope), options);
#pragma warning restore OPENAI001
    }
}
