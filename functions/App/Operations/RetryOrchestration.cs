using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Portico.Http;

namespace Portico.Operations;

/// <summary>
/// <c>POST /operations/orchestrations/{id}/retry</c>: starts again what failed, by the rule of its orchestration. 202 names
/// the instance that has the work now; asking twice names the same.
/// </summary>
public sealed class RetryOrchestration(IEnumerable<IOrchestrationRetry> retries, ILogger<RetryOrchestration> logger)
{
    private sealed record Response(string InstanceId);

    [Function(nameof(RetryOrchestration))]
    [Administrator]
    public async Task<IResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "operations/orchestrations/{id}/retry")] HttpRequest request,
        string id,
        [DurableClient] DurableTaskClient orchestrations,
        CancellationToken cancellation)
    {
        if (await orchestrations.GetInstanceAsync(id, getInputsAndOutputs: true, cancellation) is not { } instance)
        {
            return Problem.Of(ErrorCatalogue.NotFound);
        }

        var status = InstanceStatuses.Of(instance.RuntimeStatus);
        if (!InstanceStatuses.MayRetry(status))
        {
            return Problem.Of(ErrorCatalogue.NotFailed, $"The instance is {status.ToString().ToLowerInvariant()}.");
        }

        if (retries.FirstOrDefault(retry => retry.Orchestration == instance.Name) is not { } rule)
        {
            // A function that a later version no longer has.
            return Problem.Of(ErrorCatalogue.NothingToRetry, "This version has no orchestration of that name.");
        }

        var outcome = await rule.RetryAsync(instance, orchestrations, cancellation);
        if (outcome.InstanceId is null)
        {
            return Problem.Of(outcome.Refusal!, outcome.Detail);
        }

        logger.LogInformation("Administrator {AccountId} retried {InstanceId}: {NewInstanceId} has its work", request.Caller().AccountId, id, outcome.InstanceId);
        request.HttpContext.Response.Headers.Location = $"/api/v1/operations/orchestrations/{Uri.EscapeDataString(outcome.InstanceId)}";
        return Results.Json(new Response(outcome.InstanceId), ApiJson.Options, statusCode: StatusCodes.Status202Accepted);
    }
}
