using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Portico.Http;

namespace Portico.Operations;

/// <summary>
/// <c>GET /operations/orchestrations?status=failed&amp;prefix=&amp;limit&amp;cursor</c> and
/// <c>GET /operations/orchestrations/{id}</c>: what runs, and what failed and why.
/// </summary>
public sealed class GetOrchestrations(IEnumerable<IOrchestrationRetry> retries)
{
    private const int MaxPrefixLength = 200;

    [Function("ListOrchestrations")]
    [Administrator]
    public async Task<IResult> ListAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "operations/orchestrations")] HttpRequest request,
        [DurableClient] DurableTaskClient orchestrations,
        CancellationToken cancellation)
    {
        if (!Paging.TryRead(request, out var paging, out var problem))
        {
            return problem;
        }

        var statusText = request.Query["status"].ToString();
        var status = InstanceStatus.Failed;
        if (statusText.Length > 0 && (!Enum.TryParse(statusText, ignoreCase: true, out status) || !Enum.IsDefined(status) || char.IsDigit(statusText[0])))
        {
            return Problem.Field("status", "Must be one of pending, running, suspended, completed, failed, terminated.");
        }

        var prefix = request.Query["prefix"].ToString();
        if (prefix.Length > MaxPrefixLength)
        {
            return Problem.Field("prefix", $"Must have at most {MaxPrefixLength} characters.");
        }

        var query = new OrchestrationQuery(
            Statuses: [InstanceStatuses.Of(status)],
            InstanceIdPrefix: prefix.Length > 0 ? prefix : null,
            PageSize: paging.Limit,
            FetchInputsAndOutputs: true,
            ContinuationToken: paging.Continuation);
        await foreach (var page in orchestrations.GetAllInstancesAsync(query).AsPages(paging.Continuation, paging.Limit).WithCancellation(cancellation))
        {
            return ApiJson.Ok(new PageOf<OrchestrationSummary>([.. page.Values.Select(OrchestrationSummary.Of)], Paging.Cursor(page.ContinuationToken)));
        }

        return ApiJson.Ok(new PageOf<OrchestrationSummary>([], null));
    }

    [Function("GetOrchestration")]
    [Administrator]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "operations/orchestrations/{id}")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient orchestrations,
        CancellationToken cancellation) =>
        await orchestrations.GetInstanceAsync(id, getInputsAndOutputs: true, cancellation) is { } instance
            ? ApiJson.Ok(OrchestrationView.Of(instance, retries.FirstOrDefault(retry => retry.Orchestration == instance.Name)))
            : Problem.Of(ErrorCatalogue.NotFound);
}
