using System.Runtime.Intrinsics;

namespace Portico.Vision;

/// <summary>How many bytes a kernel works on at a time. Every path gives the same bits.</summary>
internal enum VectorPath
{
    /// <summary>One by one: where the processor, or its owner, has no vectors.</summary>
    Scalar,

    /// <summary><see cref="Vector128"/>: SSE and AdvSimd.</summary>
    Sixteen,

    /// <summary><see cref="Vector256"/>: AVX2.</summary>
    ThirtyTwo,
}

internal static class VectorPaths
{
    /// <summary>The widest that this process runs in hardware.</summary>
    public static readonly VectorPath Widest =
        Vector256.IsHardwareAccelerated ? VectorPath.ThirtyTwo
        : Vector128.IsHardwareAccelerated ? VectorPath.Sixteen
        : VectorPath.Scalar;
}
