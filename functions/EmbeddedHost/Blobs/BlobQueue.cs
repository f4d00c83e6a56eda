using System.Threading.Channels;

namespace Portico.EmbeddedHost.Blobs;

/// <summary>
/// Blobs to look at, each at most once in the queue and at most once in work. A blob that is written while it is in
/// work is looked at again afterwards, so that no version is missed.
/// </summary>
internal sealed class BlobQueue
{
    private readonly Channel<BlobKey> _waiting = Channel.CreateUnbounded<BlobKey>();
    private readonly Dictionary<BlobKey, Place> _places = [];
    private readonly Lock _gate = new();

    private enum Place
    {
        Waiting,
        InWork,
        InWorkAndDueAgain,
    }

    public void Add(BlobKey key)
    {
        lock (_gate)
        {
            if (_places.TryGetValue(key, out var place))
            {
                _places[key] = place == Place.Waiting ? Place.Waiting : Place.InWorkAndDueAgain;
                return;
            }

            _places[key] = Place.Waiting;
            _waiting.Writer.TryWrite(key);
        }
    }

    public async ValueTask<BlobKey> TakeAsync(CancellationToken cancellation)
    {
        var key = await _waiting.Reader.ReadAsync(cancellation).ConfigureAwait(false);
        lock (_gate)
        {
            _places[key] = Place.InWork;
        }

        return key;
    }

    public void Finish(BlobKey key)
    {
        lock (_gate)
        {
            _places.Remove(key, out var place);
            if (place == Place.InWorkAndDueAgain)
            {
                _places[key] = Place.Waiting;
                _waiting.Writer.TryWrite(key);
            }
        }
    }
}
