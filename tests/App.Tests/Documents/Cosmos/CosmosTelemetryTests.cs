using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using Portico.Documents;

namespace App.Tests.Documents.Cosmos;

/// <summary>What an operation leaves behind: its request units and its time, and nobody's data.</summary>
public sealed class CosmosTelemetryTests
{
    [Fact]
    public async Task EveryOperation_RecordsItsChargeInAMetricAndASpan()
    {
        var measured = new List<(string Name, double Value, Dictionary<string, object?> Tags)>();
        var spans = new List<Activity>();
        // Listeners hear the whole process; a flow of one's own tells this test's operation from its neighbours'.
        using var root = new Activity("test").Start();
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Portico.Documents")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        meters.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            if (Activity.Current?.TraceId == root.TraceId)
            {
                measured.Add((instrument.Name, value, tags.ToArray().ToDictionary(t => t.Key, t => t.Value)));
            }
        });
        meters.Start();
        using var traces = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Portico.Documents",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.TraceId == root.TraceId)
                {
                    spans.Add(span);
                }
            },
        };
        ActivitySource.AddActivityListener(traces);
        using var cosmos = new ScriptedCosmos().Answers(HttpStatusCode.NotFound, "{}", charge: 1.25);

        await cosmos.Store.GetAsync(Note.Documents, "secret-book", "secret-id", CancellationToken.None);

        var (_, charge, tags) = measured.Single(m => m.Name == "azure.cosmosdb.client.operation.request_charge");
        charge.ShouldBe(1.25);
        tags.ShouldBe(new Dictionary<string, object?>
        {
            ["db.system.name"] = "azure.cosmosdb",
            ["db.operation.name"] = "read_item",
            ["db.collection.name"] = "notes",
            ["db.response.status_code"] = 404,
        });
        measured.Single(m => m.Name == "db.client.operation.duration").Value.ShouldBeInRange(0, 60);
        var span = spans.ShouldHaveSingleItem();
        span.DisplayName.ShouldBe("read_item notes");
        span.Status.ShouldBe(ActivityStatusCode.Unset, "absent is an answer");
        span.GetTagItem("azure.cosmosdb.operation.request_charge").ShouldBe(1.25);
        span.TagObjects.ShouldNotContain(t => $"{t.Value}".Contains("secret"));
    }
}
