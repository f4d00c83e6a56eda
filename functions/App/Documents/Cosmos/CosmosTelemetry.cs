using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;

namespace Portico.Documents.Cosmos;

/// <summary>
/// What each operation cost and took, under the names of OpenTelemetry's conventions for databases: a span and two
/// histograms of the source and meter <c>Portico.Documents</c>. Neither holds ids, partition keys or values.
/// </summary>
internal static class CosmosTelemetry
{
    public const string Name = "Portico.Documents";

    private static readonly ActivitySource Source = new(Name);
    private static readonly Meter Meter = new(Name);

    private static readonly Histogram<double> Charge = Meter.CreateHistogram<double>(
        "azure.cosmosdb.client.operation.request_charge", "{request_unit}", "Request units of one operation, those of its tries included that were answered.");

    private static readonly Histogram<double> Duration = Meter.CreateHistogram<double>(
        "db.client.operation.duration", "s", "From the call to its answer, the SDK's own tries included.");

    /// <summary>Begins an operation; disposed, it ends without an answer unless <see cref="Operation.Answered"/> was called.</summary>
    public static Operation Begin(string operation, string container) => new(operation, container);

    internal sealed class Operation : IDisposable
    {
        private readonly long _began = Stopwatch.GetTimestamp();
        private readonly Activity? _activity;
        private TagList _tags;

        public Operation(string operation, string container)
        {
            _tags = new TagList
            {
                { "db.system.name", "azure.cosmosdb" },
                { "db.operation.name", operation },
                { "db.collection.name", container },
            };
            _activity = Source.StartActivity(ActivityKind.Client, tags: _tags, name: $"{operation} {container}");
        }

        public void Answered(HttpStatusCode status, double requestCharge)
        {
            _tags.Add("db.response.status_code", (int)status);
            Charge.Record(requestCharge, _tags);
            _activity?.SetTag("db.response.status_code", (int)status).SetTag("azure.cosmosdb.operation.request_charge", requestCharge);
            // Absent and conflict are answers; what is 400 or worse besides is not what was hoped for.
            if ((int)status >= 400 && status is not (HttpStatusCode.NotFound or HttpStatusCode.Conflict or HttpStatusCode.PreconditionFailed))
            {
                _activity?.SetStatus(ActivityStatusCode.Error);
            }
        }

        public void Failed(Exception failure)
        {
            _tags.Add("error.type", failure.GetType().FullName);
            _activity?.SetTag("error.type", failure.GetType().FullName).SetStatus(ActivityStatusCode.Error);
        }

        public void Dispose()
        {
            Duration.Record(Stopwatch.GetElapsedTime(_began).TotalSeconds, _tags);
            _activity?.Dispose();
        }
    }
}
