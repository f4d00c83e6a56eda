namespace DurableTask.Core.Exceptions;

/// <summary>A new instance was given the id of one that is still open.</summary>
public class OrchestrationAlreadyExistsException(string message) : Exception(message);
