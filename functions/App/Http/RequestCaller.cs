using Microsoft.AspNetCore.Http;
using Portico.Accounts;

namespace Portico.Http;

/// <summary>What <see cref="AccessMiddleware"/> established about a request before its function ran.</summary>
public static class RequestCaller
{
    /// <summary>Who is asking. Only on routes that are not <see cref="PublicAttribute"/>.</summary>
    public static Caller Caller(this HttpRequest request) =>
        request.HttpContext.Features.Get<Caller>() ?? throw new InvalidOperationException("This route is public: it has no caller.");

    /// <summary>The project whose member the caller is. Only on <see cref="ProjectMemberAttribute"/> routes.</summary>
    public static string ProjectId(this HttpRequest request) =>
        request.HttpContext.Features.Get<GrantedProject>()?.Id ?? throw new InvalidOperationException("This route is not confined to a project.");

    internal static void Grant(this HttpContext http, Caller caller) => http.Features.Set(caller);

    internal static void Grant(this HttpContext http, string projectId) => http.Features.Set(new GrantedProject(projectId));

    private sealed record GrantedProject(string Id);
}
