using System.Diagnostics;
using System.Runtime.Intrinsics;
using Portico.Vision;

namespace Vision.Tests;

/// <summary>
/// Every path of the kernels that have several, forced, against a plain reference; and the kernels' own tests once more
/// in processes where the wider instructions are switched off, as on older processors. A path that this machine can't
/// run in hardware fails here: then it is unproven, not fine.
/// </summary>
public sealed class VectorPathTests
{
    /// <summary>Tells the child which path it must find itself on.</summary>
    private const string ExpectedPath = "PORTICO_EXPECTED_VECTOR_PATH";

    public static TheoryData<VectorPathName, int, int> PathsAndSizes()
    {
        var data = new TheoryData<VectorPathName, int, int>();
        foreach (var path in Enum.GetValues<VectorPathName>())
        {
            // Around the widths at which 32 and 16 at a time end, and what they leave over.
            foreach (var (width, height) in new[] { (1, 1), (5, 9), (15, 8), (16, 7), (31, 11), (32, 12), (33, 40), (47, 33), (48, 20), (63, 41), (97, 50), (200, 61) })
                data.Add(path, width, height);
        }
        return data;
    }

    /// <summary><see cref="VectorPath"/>, which is internal: a public test can't take it.</summary>
    public enum VectorPathName
    {
        Scalar,
        Sixteen,
        ThirtyTwo,
    }

    [Theory]
    [MemberData(nameof(PathsAndSizes))]
    public void Smooth_OnEveryPath_IsTheReference(VectorPathName path, int width, int height)
    {
        var image = TestImages.Noise(width, height, seed: 100 * width + height);

        BinomialSmooth.Apply(image, (VectorPath)path).Pixels.ShouldBe(KernelReferences.Smooth(image).Pixels);
    }

    [Theory]
    [MemberData(nameof(PathsAndSizes))]
    public void FindCorners_OnEveryPath_AreTheReference(VectorPathName path, int width, int height)
    {
        var image = TestImages.Noise(width, height, seed: 200 * width + height);
        foreach (var (threshold, margin) in new[] { (1, 4), (20, 5), (3, 14) })
            FastCorners.Find(image, threshold, margin, (VectorPath)path).ShouldBe(KernelReferences.Corners(image, threshold, margin));
    }

    [Theory]
    [InlineData(VectorPathName.Scalar)]
    [InlineData(VectorPathName.Sixteen)]
    [InlineData(VectorPathName.ThirtyTwo)]
    public void Kernels_AtTheEndsOfTheirRange_DontOverflow(VectorPathName path)
    {
        // Black and white: the largest sums and differences there are.
        var image = new GrayImage(130, 60);
        for (int i = 0; i < image.Pixels.Length; i++)
            image.Pixels[i] = (byte)(i / 130 / 7 % 2 == i % 130 / 9 % 2 ? 255 : 0);

        BinomialSmooth.Apply(image, (VectorPath)path).Pixels.ShouldBe(KernelReferences.Smooth(image).Pixels);
        FastCorners.Find(image, 1, 4, (VectorPath)path).ShouldBe(KernelReferences.Corners(image, 1, 4));
        BinomialSmooth.Apply(TestImages.Flat(130, 3, 255), (VectorPath)path).Pixels.ShouldAllBe(pixel => pixel == 255);
    }

    [Fact]
    public void ThisProcess_RunsTheWidestPathInHardware()
    {
        var expected = Environment.GetEnvironmentVariable(ExpectedPath) is { } name ? Enum.Parse<VectorPath>(name) : VectorPath.ThirtyTwo;

        VectorPaths.Widest.ShouldBe(expected, "This processor can't run the path in hardware, so this run proves nothing about it.");
        Vector256.IsHardwareAccelerated.ShouldBe(expected == VectorPath.ThirtyTwo);
        Vector128.IsHardwareAccelerated.ShouldBe(expected != VectorPath.Scalar);
    }

    [Theory]
    [InlineData("DOTNET_EnableAVX2", "Sixteen")]
    [InlineData("DOTNET_EnableHWIntrinsic", "Scalar")]
    public async Task Kernels_WhereInstructionsAreSwitchedOff_PassTheirTests(string setting, string path)
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable(ExpectedPath) is null, "This is such a process.");
        // Without any of them the framework's own compiled code is of no use either: ten times the time for what the forced scalar path shows above.
        Assert.SkipUnless(path != "Scalar" || Environment.GetEnvironmentVariable("PORTICO_TEST_FULL") == "1", "./test full runs it.");
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
            start.ArgumentList.Add(typeof(VectorPathTests).Assembly.Location);
        foreach (string argument in new[] { "-class", typeof(VectorPathTests).FullName!, "-class", typeof(KernelTests).FullName!, "-noColor" })
            start.ArgumentList.Add(argument);
        start.Environment[setting] = "0";
        start.Environment[ExpectedPath] = path;

        using var child = Process.Start(start)!;
        var output = child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await child.WaitForExitAsync(TestContext.Current.CancellationToken);

        child.ExitCode.ShouldBe(0, await output + await errors);
        // Not an empty success: the references above ran there.
        (await output).ShouldMatch(@"Total: [1-9]\d");
    }
}
