namespace Portico.Http;

/// <summary>
/// Every code an HTTP answer may carry. docs/errors.md has an entry for each; a test holds the two together.
/// Why an asset failed is told by the asset itself, with the codes of <c>AssetFailures</c>.
/// </summary>
public static class ErrorCatalogue
{
    // The request itself.
    public static readonly ErrorCode InvalidRequest = new("request.invalid_fields", 400, "The request has invalid fields.", "One or more fields are missing, unknown or out of range. `errors` names each field and says what is wrong with it.");
    public static readonly ErrorCode InvalidJson = new("request.invalid_json", 400, "The body is not valid JSON.", "Send one well-formed JSON object in UTF-8, without duplicate members.");
    public static readonly ErrorCode EmptyBody = new("request.empty_body", 400, "The request needs a body.", "Send a JSON object.");
    public static readonly ErrorCode InvalidCursor = new("request.invalid_cursor", 400, "The paging cursor is not valid.", "Pass the `cursor` of the page before, unchanged, or none for the first page.");
    public static readonly ErrorCode InvalidIdempotencyKey = new("request.invalid_idempotency_key", 400, "The Idempotency-Key header is not valid.", "Use 1 to 128 visible ASCII characters; a UUID does well.");
    public static readonly ErrorCode BodyTooLarge = new("request.body_too_large", 413, "The body is too large.", "Bodies of the API are at most 1 MiB, telemetry batches at most 64 KiB. Files are not sent here but to the upload URL.");
    public static readonly ErrorCode UnsupportedMediaType = new("request.unsupported_media_type", 415, "The body's media type is not supported.", "Send `Content-Type: application/json` (or `application/merge-patch+json` with PATCH).");
    public static readonly ErrorCode IdempotencyKeyReused = new("request.idempotency_key_reused", 422, "The Idempotency-Key was used for a different request.", "Use a fresh key for each new thing; repeat a key only with exactly the same body.");
    public static readonly ErrorCode PreconditionFailed = new("resource.changed", 412, "The resource has changed meanwhile.", "Read it again, apply the change to what is there now, and send that `ETag` in `If-Match`.");
    public static readonly ErrorCode Conflict = new("resource.conflict", 409, "The change collided with another.", "Somebody changed the same thing at the same time. Read it again and retry.");
    public static readonly ErrorCode NotFound = new("resource.not_found", 404, "There is no such resource.", "It never existed, was deleted, or belongs to somebody else; these are not told apart.");

    // What the host answers before a function is reached.
    public static readonly ErrorCode Malformed = new("request.invalid", 400, "The request is not valid.", "It is not well-formed HTTP, or a value in the address is of the wrong type.");
    public static readonly ErrorCode MethodNotAllowed = new("request.method_not_allowed", 405, "This address does not take this method.", "See the list of routes in `static-webxr/shared/api.ts`.");
    public static readonly ErrorCode TooSlow = new("request.too_slow", 408, "The request took too long to arrive.", "Send it again over a better connection.");
    public static readonly ErrorCode Refused = new("request.refused", 400, "The request was refused.", "Sent with the status that says why (414, 431 and the like), and its name as the title.");
    public static readonly ErrorCode Stopping = new("service.stopping", 503, "The service is restarting.", "Repeat the request in a few seconds.");

    // Who is asking.
    public static readonly ErrorCode Unauthenticated = new("auth.required", 401, "Sign in first.", "The request carries no access token. Sign in, or refresh the session.");
    public static readonly ErrorCode InvalidToken = new("auth.invalid_token", 401, "The access token is not valid.", "It is forged, damaged or from another installation. Sign in again.");
    public static readonly ErrorCode TokenExpired = new("auth.token_expired", 401, "The access token has expired.", "Call `POST /auth/refresh`, then repeat the request.");
    public static readonly ErrorCode SessionEnded = new("auth.session_ended", 401, "The session has ended.", "The refresh token is absent, expired or revoked. A refresh token that was used twice ends its whole session, since one of the two users may be a thief. Sign in again.");
    public static readonly ErrorCode InvalidCredentials = new("auth.invalid_credentials", 401, "E-mail address or password is wrong.", "Check both. Whether the address has an account is not told.");
    public static readonly ErrorCode TooManyAttempts = new("auth.too_many_attempts", 429, "Too many attempts to sign in.", "Wait as long as `Retry-After` says. The limit counts per address, whoever tries.");
    public static readonly ErrorCode SignInBusy = new("auth.busy", 503, "Too many people are signing in just now.", "Nothing was counted. Repeat the request after `Retry-After` seconds.");
    public static readonly ErrorCode RegistrationRefused = new("auth.registration_refused", 409, "This e-mail address can't be registered.", "If it is yours, sign in with it.");

    public static readonly ErrorCode Forbidden = new("auth.forbidden", 403, "Your account may not do this.", "It takes the role `admin`. A role that was given a moment ago counts from the next `POST /auth/refresh` on.");

    // Assets, markers, links.
    public static readonly ErrorCode UnsupportedKind = new("asset.unsupported_kind", 422, "This kind of file is not supported.", "Images: JPEG, PNG, WebP, GIF (first frame), HEIC, AVIF. Videos: MP4, MOV, 3GP, WebM, MKV, AVI, MPEG-TS.");
    public static readonly ErrorCode AssetTooLarge = new("asset.too_large", 422, "The file is too large for its kind.", "`detail` names the limit. Export the file smaller and try again.");
    public static readonly ErrorCode AssetNotReady = new("asset.not_ready", 409, "The asset is not ready.", "Wait until its `status` is `ready`; if it is `failed`, upload a better file.");
    public static readonly ErrorCode AssetInUse = new("asset.in_use", 409, "A link uses the asset.", "`detail` names the link. Change or delete the link first; printed codes would go dark otherwise.");
    public static readonly ErrorCode LinkEventLimit = new("link.event_limit", 429, "The link has received more events today than are counted.", "The experience goes on; events beyond the limit are not counted until the next day (UTC).");

    // What failed, and its second chance.
    public static readonly ErrorCode NotFailed = new("operations.not_failed", 409, "It has not failed.", "Only what has failed for good is retried by hand; `detail` says how it stands.");
    public static readonly ErrorCode NothingToRetry = new("operations.nothing_to_retry", 409, "There is nothing left to retry.", "What it worked on is gone, or is well again; `detail` says which.");
    public static readonly ErrorCode SourceGone = new("operations.source_gone", 409, "What it would work on is no longer in storage.", "The uploaded file was deleted or lost. Its owner has to upload it again.");

    // Us.
    public static readonly ErrorCode StorageUnavailable = new("service.storage_unavailable", 503, "Storage is not reachable just now.", "Nothing was lost. Repeat the request after `Retry-After` seconds.");
    public static readonly ErrorCode StorageFull = new("service.storage_full", 507, "There is no room to store this.", "Nothing was stored and nothing stored before is lost. Whoever runs the service must free space on the disk that holds `Portico__DataPath`; it goes on by itself then.");
    public static readonly ErrorCode Internal = new("service.internal", 500, "Something went wrong on our side.", "The fault is logged under `traceId`. Repeat the request; if it persists, report that id.");

    /// <summary>Every entry, by code.</summary>
    public static readonly IReadOnlyDictionary<string, ErrorCode> All = typeof(ErrorCatalogue)
        .GetFields()
        .Where(field => field.FieldType == typeof(ErrorCode))
        .Select(field => (ErrorCode)field.GetValue(null)!)
        .ToDictionary(error => error.Code, StringComparer.Ordinal);
}
