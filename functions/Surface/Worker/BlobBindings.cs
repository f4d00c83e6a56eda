using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>
/// Starts a function for each version of a blob that appears at a path. Runs at least once for an ETag; after five
/// failed tries the blob is set aside as poison.
/// </summary>
/// <param name="blobPath">Container and name, with <c>{parts}</c> that bind to parameters by name.</param>
public sealed class BlobTriggerAttribute(string blobPath) : TriggerBindingAttribute
{
    /// <summary>Container and name pattern.</summary>
    public string BlobPath { get; } = blobPath;

    /// <summary>The setting that holds the connection; <c>AzureWebJobsStorage</c> when null.</summary>
    public string? Connection { get; set; }

    /// <summary>How Azure learns of a blob. The embedded host is told by the upload path either way.</summary>
    public BlobTriggerSource Source { get; set; } = BlobTriggerSource.LogsAndContainerScan;
}

/// <summary>How Azure learns of a blob.</summary>
public enum BlobTriggerSource
{
    LogsAndContainerScan,
    EventGrid,
}

/// <summary>Fills a parameter from a blob.</summary>
/// <param name="blobPath">Container and name; <c>{parts}</c> come from the trigger.</param>
public sealed class BlobInputAttribute(string blobPath) : InputBindingAttribute
{
    /// <summary>Container and name.</summary>
    public string BlobPath { get; } = blobPath;

    /// <summary>The setting that holds the connection; <c>AzureWebJobsStorage</c> when null.</summary>
    public string? Connection { get; set; }
}

/// <summary>Writes what the function returns to a blob.</summary>
/// <param name="blobPath">Container and name; <c>{parts}</c> come from the trigger.</param>
public sealed class BlobOutputAttribute(string blobPath) : OutputBindingAttribute
{
    /// <summary>Container and name.</summary>
    public string BlobPath { get; } = blobPath;

    /// <summary>The setting that holds the connection; <c>AzureWebJobsStorage</c> when null.</summary>
    public string? Connection { get; set; }
}
