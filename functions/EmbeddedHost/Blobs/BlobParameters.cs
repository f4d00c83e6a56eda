using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.Azure.Functions.Worker;
using Portico.EmbeddedHost.Invocation;

namespace Portico.EmbeddedHost.Blobs;

/// <summary>The version of a blob that a function was started for.</summary>
internal sealed record BlobVersion(BlobClient Client, ETag ETag, IReadOnlyDictionary<string, string> Parts)
{
    /// <summary>Gives the invocation the names that Azure gives: the pattern's parts, <c>BlobTrigger</c>, <c>Uri</c>.</summary>
    public void Describe(InvocationContext context)
    {
        foreach (var (name, value) in Parts)
        {
            context.Data[name] = value;
        }

        context.Data["BlobTrigger"] = $"{Client.BlobContainerName}/{Client.Name}";
        context.Data["Uri"] = Client.Uri;
    }
}

/// <summary>Fills blob parameters: content as <c>Stream</c>, <c>string</c> or <c>byte[]</c>, or the client itself.</summary>
internal sealed class BlobParameters(HostBlobs blobs) : IParameterBinding
{
    public ArgumentBinder? TryBind(FunctionDescriptor function, BoundParameter parameter)
    {
        var type = parameter.Type;
        if (type != typeof(BlobClient) && type != typeof(Stream) && type != typeof(string) && type != typeof(byte[]))
        {
            return null;
        }

        return parameter.Binding switch
        {
            // Content comes from the version that the receipt is for: If-Match refuses a later one.
            BlobTriggerAttribute => context =>
            {
                var version = (BlobVersion)context.Request.Payload;
                return ReadAsync(version.Client, type, new BlobRequestConditions { IfMatch = version.ETag }, context.CancellationToken);
            },
            BlobInputAttribute input => context =>
            {
                var (container, name) = BlobPattern.Fill(input.BlobPath, context.Data);
                return ReadAsync(blobs.Service.GetBlobContainerClient(container).GetBlobClient(name), type, null, context.CancellationToken);
            },
            _ => null,
        };
    }

    private static async ValueTask<object?> ReadAsync(BlobClient blob, Type type, BlobRequestConditions? conditions, CancellationToken cancellation)
    {
        if (type == typeof(BlobClient))
        {
            return blob;
        }

        if (type == typeof(Stream))
        {
            return await blob.OpenReadAsync(new BlobOpenReadOptions(allowModifications: false) { Conditions = conditions }, cancellation);
        }

        var content = (await blob.DownloadContentAsync(conditions, cancellation)).Value.Content;
        return type == typeof(string) ? content.ToString() : content.ToArray();
    }
}

/// <summary>Writes what a function returned to a blob.</summary>
internal sealed class BlobOutputs(HostBlobs blobs) : IOutputBinding
{
    public bool Sends(FunctionOutput output) => output.Attribute is BlobOutputAttribute;

    public async ValueTask SendAsync(FunctionOutput output, object value, InvocationContext context)
    {
        var (container, name) = BlobPattern.Fill(((BlobOutputAttribute)output.Attribute).BlobPath, context.Data);
        var blob = blobs.Service.GetBlobContainerClient(container).GetBlobClient(name);
        var content = value switch
        {
            string text => BinaryData.FromString(text),
            byte[] bytes => BinaryData.FromBytes(bytes),
            Stream stream => await BinaryData.FromStreamAsync(stream, context.CancellationToken),
            _ => BinaryData.FromObjectAsJson(value),
        };
        try
        {
            await blob.UploadAsync(content, overwrite: true, context.CancellationToken);
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            // An output's container is made by its first blob, as in Azure.
            await blobs.Service.GetBlobContainerClient(container).CreateIfNotExistsAsync(cancellationToken: context.CancellationToken);
            await blob.UploadAsync(content, overwrite: true, context.CancellationToken);
        }
    }
}
