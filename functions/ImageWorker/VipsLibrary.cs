using System.Reflection;
using System.Runtime.InteropServices;

namespace Portico.ImageWorker;

/// <summary>
/// The part of libvips' and GObject's plain C interface that is used. The convenience functions (<c>vips_thumbnail</c>
/// and the like) are variadic, which P/Invoke can't call on every processor; they are wrappers over this one.
/// </summary>
internal static unsafe partial class VipsLibrary
{
    private const string Vips = "libvips";
    private const string GObject = "libgobject";

    private static readonly Dictionary<string, string[]> Candidates = new()
    {
        [Vips] = ["libvips.so.42", "libvips.42.dylib", "libvips-42.dll"],
        [GObject] = ["libgobject-2.0.so.0", "libgobject-2.0.0.dylib", "libgobject-2.0-0.dll"],
    };

    static VipsLibrary() => NativeLibrary.SetDllImportResolver(typeof(VipsLibrary).Assembly, Resolve);

    [LibraryImport(Vips, EntryPoint = "vips_init", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Init(string programName);

    /// <summary>The messages of failed calls, newest last; owned by libvips.</summary>
    [LibraryImport(Vips, EntryPoint = "vips_error_buffer")]
    public static partial nint ErrorBuffer();

    /// <summary>Forbids or allows an operation class and those derived from it.</summary>
    [LibraryImport(Vips, EntryPoint = "vips_operation_block_set", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void BlockOperation(string className, int blocked);

    [LibraryImport(Vips, EntryPoint = "vips_operation_new", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint NewOperation(string name);

    /// <summary>Parses <paramref name="value"/> as the argument's type.</summary>
    [LibraryImport(Vips, EntryPoint = "vips_object_set_argument_from_string", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetArgument(nint operation, string name, string value);

    /// <summary>Runs the operation; replaces the reference by the cached one if there is one.</summary>
    [LibraryImport(Vips, EntryPoint = "vips_cache_operation_buildp")]
    public static partial int BuildOperation(ref nint operation);

    [LibraryImport(Vips, EntryPoint = "vips_object_unref_outputs")]
    public static partial void UnrefOutputs(nint operation);

    [LibraryImport(Vips, EntryPoint = "vips_image_get_type")]
    public static partial nuint ImageType();

    [LibraryImport(Vips, EntryPoint = "vips_image_get_width")]
    public static partial int Width(nint image);

    [LibraryImport(Vips, EntryPoint = "vips_image_get_height")]
    public static partial int Height(nint image);

    /// <summary>EXIF orientation, 1 to 8; 1 when there is none.</summary>
    [LibraryImport(Vips, EntryPoint = "vips_image_get_orientation")]
    public static partial int Orientation(nint image);

    [LibraryImport(Vips, EntryPoint = "vips_image_hasalpha")]
    public static partial int HasAlpha(nint image);

    /// <summary>The type of a piece of metadata; 0 when there is none of that name.</summary>
    [LibraryImport(Vips, EntryPoint = "vips_image_get_typeof", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nuint TypeOf(nint image, string field);

    /// <summary>Forgets a piece of metadata; 0 when there is none of that name.</summary>
    [LibraryImport(Vips, EntryPoint = "vips_image_remove", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Remove(nint image, string field);

    /// <summary>Names of all metadata, a null-terminated array to be freed with <see cref="FreeStrings"/>.</summary>
    [LibraryImport(Vips, EntryPoint = "vips_image_get_fields")]
    public static partial byte** Fields(nint image);

    [LibraryImport(GObject, EntryPoint = "g_strfreev")]
    public static partial void FreeStrings(byte** strings);

    /// <summary>A new image whose pixels are all in memory.</summary>
    [LibraryImport(Vips, EntryPoint = "vips_image_copy_memory")]
    public static partial nint CopyToMemory(nint image);

    [LibraryImport(GObject, EntryPoint = "g_object_unref")]
    public static partial void Unref(nint instance);

    [LibraryImport(GObject, EntryPoint = "g_value_init")]
    public static partial Value* InitValue(Value* value, nuint type);

    [LibraryImport(GObject, EntryPoint = "g_value_set_object")]
    public static partial void SetObject(Value* value, nint instance);

    /// <summary>A new reference to the object inside.</summary>
    [LibraryImport(GObject, EntryPoint = "g_value_dup_object")]
    public static partial nint DuplicateObject(Value* value);

    [LibraryImport(GObject, EntryPoint = "g_value_unset")]
    public static partial void UnsetValue(Value* value);

    [LibraryImport(GObject, EntryPoint = "g_object_set_property", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void SetProperty(nint instance, string name, Value* value);

    [LibraryImport(GObject, EntryPoint = "g_object_get_property", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void GetProperty(nint instance, string name, Value* value);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search)
    {
        if (!Candidates.TryGetValue(name, out var files))
        {
            return 0;
        }

        foreach (var file in files)
        {
            if (NativeLibrary.TryLoad(file, out var handle))
            {
                return handle;
            }
        }

        throw new DllNotFoundException($"{name} is not installed.");
    }

    /// <summary>GLib's <c>GValue</c>: a type and two words.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Value
    {
        public nuint Type;
        public ulong Data0;
        public ulong Data1;
    }
}
