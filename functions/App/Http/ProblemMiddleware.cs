using Azure;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Logging;
using Portico.Documents;
using Portico.Storage;

namespace Portico.Http;

/// <summary>
/// Turns what HTTP functions throw into problems. Only bugs and outages are thrown; their text goes to the log and
/// never to the caller. A caller who went away is neither: nothing is logged and nobody reads the answer.
/// </summary>
public sealed class ProblemMiddleware(ILogger<ProblemMiddleware> logger) : IFunctionsWorkerMiddleware
{
    private const int ClientClosedRequest = 499;

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is not { } http)
        {
            await next(context);
            return;
        }

        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            context.GetInvocationResult().Value = Results.StatusCode(ClientClosedRequest);
        }
        catch (InvalidContinuationException)
        {
            context.GetInvocationResult().Value = Problem.Of(ErrorCatalogue.InvalidCursor);
        }
        catch (BadHttpRequestException failure)
        {
            context.GetInvocationResult().Value = Problem.Of(failure.StatusCode == StatusCodes.Status413PayloadTooLarge ? ErrorCatalogue.BodyTooLarge : ErrorCatalogue.InvalidRequest);
        }
        catch (DiskFullException failure)
        {
            logger.LogError(failure, "{Function} found no room on the disk", context.FunctionDefinition.Name);
            context.GetInvocationResult().Value = new Problem(ErrorCatalogue.StorageFull) { RetryAfter = TimeSpan.FromMinutes(1) };
        }
        catch (Exception failure) when (IsStorageOutage(failure))
        {
            logger.LogWarning(failure, "{Function} could not reach storage", context.FunctionDefinition.Name);
            context.GetInvocationResult().Value = new Problem(ErrorCatalogue.StorageUnavailable) { RetryAfter = RetryAfter(failure) };
        }
        catch (Exception failure)
        {
            logger.LogError(failure, "{Function} failed", context.FunctionDefinition.Name);
            context.GetInvocationResult().Value = Problem.Of(ErrorCatalogue.Internal);
        }
    }

    // In whole seconds, as the header is, and never at once.
    private static TimeSpan RetryAfter(Exception failure) =>
        failure is DocumentStoreUnavailableException { RetryAfter: { } asked } ? TimeSpan.FromSeconds(Math.Max(1, Math.Ceiling(asked.TotalSeconds))) : TimeSpan.FromSeconds(5);

    // The storage SDK gives up with an AggregateException of its tries, or with status 0 when no answer came.
    private static bool IsStorageOutage(Exception failure) => failure switch
    {
        DocumentStoreUnavailableException => true,
        RequestFailedException request => request.Status is 0 or 408 or 429 or >= 500,
        AggregateException several => several.InnerExceptions.All(IsStorageOutage),
        _ => false,
    };
}
