using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.DependencyInjection;
using Portico.Accounts;
using Portico.Projects;

namespace Portico.Http;

/// <summary>Enforces each route's <see cref="RouteAccessAttribute"/> before its function runs.</summary>
public sealed class AccessMiddleware(RouteTable routes) : IFunctionsWorkerMiddleware
{
    private const string Scheme = "Bearer ";

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        if (context.GetHttpContext() is { } http && await RefuseAsync(context, http) is { } problem)
        {
            context.GetInvocationResult().Value = problem;
            return;
        }

        await next(context);
    }

    private async Task<Problem?> RefuseAsync(FunctionContext context, HttpContext http)
    {
        var access = routes.Find(context.FunctionDefinition.Name)
            ?? throw new InvalidOperationException($"{context.FunctionDefinition.Name} is not in the route table.");
        if (access is PublicAttribute)
        {
            return null;
        }

        var header = http.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return Problem.Of(ErrorCatalogue.Unauthenticated);
        }

        var services = context.InstanceServices;
        var verdict = services.GetRequiredService<AccessTokens>().Verify(header[Scheme.Length..].Trim());
        if (verdict.Caller is not { } caller)
        {
            return Problem.Of(verdict.IsExpired ? ErrorCatalogue.TokenExpired : ErrorCatalogue.InvalidToken);
        }

        if (access is AdministratorAttribute && !caller.Roles.Contains(Roles.Admin))
        {
            return Problem.Of(ErrorCatalogue.Forbidden);
        }

        http.Grant(caller);
        if (access is ProjectMemberAttribute member)
        {
            var id = http.Request.RouteValues[member.Parameter]?.ToString() ?? "";
            var projectId = await services.GetRequiredService<ProjectAccess>().FindProjectAsync(caller, member.Resource, id, context.CancellationToken);
            if (projectId is null)
            {
                return Problem.Of(ErrorCatalogue.NotFound);
            }

            http.Grant(projectId);
        }

        return null;
    }
}
