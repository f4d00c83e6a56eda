using System.Runtime.InteropServices;

namespace Portico.ImageWorker;

/// <summary>libvips refused: the file is damaged, or memory ran out.</summary>
internal sealed class VipsException(string message) : Exception(message);

/// <summary>
/// An image, or the recipe of one: libvips computes pixels when they are saved or copied to memory. This process
/// does one job and exits, so that references live until <see cref="Dispose"/> or the end.
/// </summary>
internal sealed unsafe class VipsImage : IDisposable
{
    private nint _image;

    private VipsImage(nint image) => _image = image;

    public int WidthPx => VipsLibrary.Width(_image);

    public int HeightPx => VipsLibrary.Height(_image);

    /// <summary>Whether EXIF turns the picture by a quarter, so that width and height change places.</summary>
    public bool IsOnItsSide => VipsLibrary.Orientation(_image) >= 5;

    public bool HasAlpha => VipsLibrary.HasAlpha(_image) != 0;

    /// <summary>Whether the file says what its colours mean.</summary>
    public bool HasColourProfile => VipsLibrary.TypeOf(_image, "icc-profile-data") != 0;

    /// <summary>Loads the library and forbids every loader but those in <paramref name="loaderClasses"/>.</summary>
    /// <exception cref="DllNotFoundException">It is not installed.</exception>
    public static void Start(IEnumerable<string> loaderClasses)
    {
        if (VipsLibrary.Init("portico-image-worker") != 0)
        {
            throw LastError();
        }

        VipsLibrary.BlockOperation("VipsForeignLoad", 1);
        foreach (var loader in loaderClasses)
        {
            VipsLibrary.BlockOperation(loader, 0);
        }
    }

    /// <summary>Runs a libvips operation that makes an image.</summary>
    public static VipsImage Make(string operation, VipsImage? input, params ReadOnlySpan<(string Name, string Value)> arguments) =>
        new(Run(operation, input, arguments, hasOutput: true));

    /// <summary>Runs a libvips operation on this image.</summary>
    public VipsImage Then(string operation, params ReadOnlySpan<(string Name, string Value)> arguments) => Make(operation, this, arguments);

    /// <summary>Runs an operation that writes this image to a file.</summary>
    public void Save(string operation, params ReadOnlySpan<(string Name, string Value)> arguments) => Run(operation, this, arguments, hasOutput: false);

    /// <summary>
    /// Decodes now, once, however often the image is used after, and drops all metadata: place, camera, previews,
    /// colour profile. (The savers' <c>strip</c> leaves EXIF and profile in WebP in libvips 8.14.1.)
    /// </summary>
    public VipsImage DecodeWithoutMetadata()
    {
        var copy = VipsLibrary.CopyToMemory(_image);
        if (copy == 0)
        {
            throw LastError();
        }

        var fields = VipsLibrary.Fields(copy);
        for (var field = fields; *field != null; field++)
        {
            VipsLibrary.Remove(copy, Marshal.PtrToStringUTF8((nint)(*field))!);
        }

        VipsLibrary.FreeStrings(fields);
        return new VipsImage(copy);
    }

    public void Dispose()
    {
        if (_image != 0)
        {
            VipsLibrary.Unref(_image);
            _image = 0;
        }
    }

    private static nint Run(string name, VipsImage? input, ReadOnlySpan<(string Name, string Value)> arguments, bool hasOutput)
    {
        var operation = VipsLibrary.NewOperation(name);
        if (operation == 0)
        {
            throw LastError();
        }

        try
        {
            if (input is not null)
            {
                VipsLibrary.Value value = default;
                VipsLibrary.InitValue(&value, VipsLibrary.ImageType());
                VipsLibrary.SetObject(&value, input._image);
                VipsLibrary.SetProperty(operation, "in", &value);
                VipsLibrary.UnsetValue(&value);
            }

            foreach (var (argument, text) in arguments)
            {
                if (VipsLibrary.SetArgument(operation, argument, text) != 0)
                {
                    throw LastError();
                }
            }

            if (VipsLibrary.BuildOperation(ref operation) != 0)
            {
                throw LastError();
            }

            return hasOutput ? Output(operation) : 0;
        }
        finally
        {
            VipsLibrary.UnrefOutputs(operation);
            VipsLibrary.Unref(operation);
        }
    }

    private static nint Output(nint operation)
    {
        VipsLibrary.Value value = default;
        VipsLibrary.InitValue(&value, VipsLibrary.ImageType());
        VipsLibrary.GetProperty(operation, "out", &value);
        var image = VipsLibrary.DuplicateObject(&value);
        VipsLibrary.UnsetValue(&value);
        return image;
    }

    private static VipsException LastError() => new(Marshal.PtrToStringUTF8(VipsLibrary.ErrorBuffer()) ?? "");
}
