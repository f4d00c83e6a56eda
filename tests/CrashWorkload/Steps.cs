using Microsoft.Azure.Functions.Worker;

namespace CrashWorkload;

/// <summary>The input of every activity.</summary>
/// <param name="Stage">See <see cref="JournalEntry.Stage"/>.</param>
public sealed record Step(int Stage, long Value);

/// <summary>The activities. Each notes in the journal that it began, and that it returns.</summary>
public sealed class Steps(ActivityJournal journal)
{
    /// <summary>Long enough that kills meet activities in the middle, short enough that most return.</summary>
    private static readonly TimeSpan Work = TimeSpan.FromMilliseconds(5);

    [Function(nameof(Compute))]
    public async Task<long> Compute([ActivityTrigger] Step step, FunctionContext context)
    {
        journal.Begin(context, step);
        await Task.Delay(Work);
        journal.End(context, step);
        return Result(step);
    }

    /// <summary>Fails twice, whatever the process.</summary>
    [Function(nameof(Flaky))]
    public async Task<long> Flaky([ActivityTrigger] Step step, FunctionContext context)
    {
        journal.Begin(context, step);
        await Task.Delay(Work);
        if (journal.Begun((string)context.BindingContext.BindingData["instanceId"]!, step.Stage) <= 2)
        {
            throw new TimeoutException("busy");
        }

        journal.End(context, step);
        return Result(step);
    }

    [Function(nameof(Hopeless))]
    public async Task<long> Hopeless([ActivityTrigger] Step step, FunctionContext context)
    {
        journal.Begin(context, step);
        await Task.Delay(Work);
        throw new InvalidOperationException($"no {step.Value}");
    }

    private static long Result(Step step) => ((step.Value * 31) + step.Stage) % 1_000_003;
}
