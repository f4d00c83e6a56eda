using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Conformance.Durable;

/// <summary>An instance as <c>DurableTaskClient</c> tells of it.</summary>
public sealed record InstanceState(
    string Id, string Name, string Status, DateTimeOffset CreatedAt, DateTimeOffset LastUpdatedAt, string? Input, string? Output, string? CustomStatus, FailureState? Failure, bool IsRunning, bool IsCompleted)
{
    public T OutputAs<T>() => JsonSerializer.Deserialize<T>(Output ?? throw new InvalidOperationException($"{this} has no output."), JsonSerializerOptions.Web)!;
}

/// <summary>A failure as <c>TaskFailureDetails</c> tells of it.</summary>
public sealed record FailureState(string Type, string Message, bool HasStack, FailureState? Inner);

/// <summary>One page of a listing.</summary>
public sealed record InstancePage(List<InstanceState> Items, string? Token);

/// <summary><c>DurableTaskClient</c>, from outside.</summary>
public static class Orchestrations
{
    private sealed record Started(string Id);

    /// <summary>Starts an instance that must be accepted; returns its id.</summary>
    public static async Task<string> StartAsync(this Target target, string orchestrator, object? input = null, string? id = null, DateTimeOffset? startAt = null) =>
        (await Target.ReadAsync<Started>(await target.TryStartAsync(orchestrator, input, id, startAt))).Id;

    /// <summary>202, or 409 when the client refused.</summary>
    public static Task<HttpResponseMessage> TryStartAsync(this Target target, string orchestrator, object? input = null, string? id = null, DateTimeOffset? startAt = null)
    {
        var query = new List<string>();
        if (id is not null)
        {
            query.Add("id=" + Uri.EscapeDataString(id));
        }

        if (startAt is not null)
        {
            query.Add("startAt=" + Uri.EscapeDataString(startAt.Value.ToString("O")));
        }

        return target.SendAsync(HttpMethod.Post, $"orchestrators/{orchestrator}?{string.Join('&', query)}", Json(input));
    }

    /// <summary>Starts an instance and waits for its end.</summary>
    public static async Task<InstanceState> RunAsync(this Target target, string orchestrator, object? input = null, string? id = null) =>
        await target.EndOfAsync(await target.StartAsync(orchestrator, input, id));

    /// <summary>Waits for an instance's end, well or not.</summary>
    public static Task<InstanceState> EndOfAsync(this Target target, string id) =>
        target.GetJsonAsync<InstanceState>($"instances/{id}/completed/{(int)target.Patience.TotalSeconds}");

    /// <summary>Waits until an instance is no longer pending.</summary>
    public static Task<InstanceState> BeginningOfAsync(this Target target, string id) =>
        target.GetJsonAsync<InstanceState>($"instances/{id}/started/{(int)target.Patience.TotalSeconds}");

    /// <summary>Waits until an instance is as wanted.</summary>
    public static Task<InstanceState> InstanceAsync(this Target target, string id, Func<InstanceState, bool> wanted) =>
        target.EventuallyAsync(async () => (await target.FindInstanceAsync(id))!, found => found is not null && wanted(found));

    /// <summary>Null when there is none of that id.</summary>
    public static async Task<InstanceState?> FindInstanceAsync(this Target target, string id)
    {
        var answer = await target.GetAsync($"instances/{id}");
        return answer.StatusCode == HttpStatusCode.NotFound ? null : await Target.ReadAsync<InstanceState>(answer);
    }

    public static Task RaiseAsync(this Target target, string id, string name, object? payload) => target.TellAsync($"{id}/events/{name}", payload);

    public static Task TerminateAsync(this Target target, string id, object? output = null, bool recursive = false) =>
        target.TellAsync($"{id}/terminate?recursive={(recursive ? "true" : "false")}", output);

    public static Task SuspendAsync(this Target target, string id) => target.TellAsync($"{id}/suspend", null);

    public static Task ResumeAsync(this Target target, string id) => target.TellAsync($"{id}/resume", null);

    /// <summary>How many instances the purge removed.</summary>
    public static async Task<int> PurgeAsync(this Target target, string id) => await Target.ReadAsync<int>(await target.SendAsync(HttpMethod.Delete, $"instances/{id}"));

    public static Task<InstancePage> ListAsync(this Target target, string query) => target.GetJsonAsync<InstancePage>("instances?" + query);

    private static async Task TellAsync(this Target target, string path, object? body)
    {
        var answer = await target.SendAsync(HttpMethod.Post, "instances/" + path, Json(body));
        answer.IsSuccessStatusCode.ShouldBeTrue($"{path} → {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync()}");
    }

    // Names as they are declared: what durable functions read and write by default.
    private static HttpContent? Json(object? value) => value is null ? null : JsonContent.Create(value, options: JsonSerializerOptions.Default);
}
