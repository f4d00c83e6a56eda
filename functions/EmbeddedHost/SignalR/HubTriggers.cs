using System.Text.Json;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Portico.EmbeddedHost.Hosting;
using Portico.EmbeddedHost.Invocation;

namespace Portico.EmbeddedHost.SignalR;

/// <summary>Starts functions by what happens on a hub. Nothing is kept between two events, as in Azure.</summary>
internal sealed class HubTriggers(FunctionCatalog catalog, InvocationPipeline pipeline, HubMeter meter, Drain drain, ILogger<HubTriggers> logger)
{
    private readonly Dictionary<string, FunctionDescriptor> _functions = catalog.TriggeredBy<SignalRTriggerAttribute>()
        .ToDictionary(found => Key(found.Trigger.HubName, found.Trigger.Category, found.Trigger.Event), found => found.Function, StringComparer.OrdinalIgnoreCase);

    /// <summary>Tells the function for a connection event, when there is one. A failure is logged: the connection stands, as in Azure.</summary>
    public async Task NotifyAsync(SignalRInvocationContext happened)
    {
        if (Find(happened) is not { } function)
        {
            return;
        }

        try
        {
            await RunAsync(function, happened);
        }
        catch (Exception failure)
        {
            logger.LogError(failure, "{Function} failed on {Event}", function.Name, happened.Event);
        }
    }

    /// <summary>Runs the function for a client's call and returns its answer.</summary>
    /// <exception cref="HubException">There is none, or it failed; without the reason, which is logged.</exception>
    public async Task<object?> AnswerAsync(SignalRInvocationContext call)
    {
        if (Find(call) is not { } function)
        {
            throw new HubException("There is no such method.");
        }

        try
        {
            return await RunAsync(function, call);
        }
        catch (BindingException mismatch)
        {
            throw new HubException(mismatch.Message);
        }
        catch (Exception failure)
        {
            logger.LogError(failure, "{Function} failed on a call of {Event}", function.Name, call.Event);
            throw new HubException("The call failed.");
        }
    }

    private Task<object?> RunAsync(FunctionDescriptor function, SignalRInvocationContext happened)
    {
        meter.CountToFunction(happened.Event.Length + (happened.Arguments?.Sum(argument => ((JsonElement)argument).GetRawText().Length) ?? 0));
        return pipeline.InvokeAsync(function, new InvocationRequest(happened), context => NameArguments(context, happened), null, drain.Expired);
    }

    private static void NameArguments(InvocationContext context, SignalRInvocationContext happened)
    {
        var names = ((SignalRTriggerAttribute)context.Function.Trigger).ParameterNames;
        var arguments = happened.Arguments ?? [];
        if (names.Length > 0 && names.Length != arguments.Length)
        {
            throw new BindingException(context.Function.TriggerParameter.Name, $"Expected {names.Length} arguments, got {arguments.Length}.");
        }

        for (var i = 0; i < names.Length; i++)
        {
            context.Data[names[i]] = arguments[i];
        }
    }

    private FunctionDescriptor? Find(SignalRInvocationContext happened) =>
        _functions.GetValueOrDefault(Key(happened.Hub, happened.Category.ToString(), happened.Event));

    private static string Key(string hub, string category, string name) => $"{hub}/{category}/{name}";
}
