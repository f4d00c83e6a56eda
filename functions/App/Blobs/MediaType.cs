namespace Portico.Blobs;

/// <summary>The content type that a published file is served with. Browsers are told not to guess.</summary>
internal static class MediaType
{
    /// <param name="extension">Lower case, without the dot. An unknown one is opaque bytes: no browser runs or renders those.</param>
    public static string OfExtension(string extension) => extension switch
    {
        "jpg" or "jpeg" => "image/jpeg",
        "png" => "image/png",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "svg" => "image/svg+xml",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "m3u8" => "application/vnd.apple.mpegurl",
        "m4s" => "video/iso.segment",
        "glb" => "model/gltf-binary",
        "usdz" => "model/vnd.usdz+zip",
        "json" => "application/json",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    };
}
