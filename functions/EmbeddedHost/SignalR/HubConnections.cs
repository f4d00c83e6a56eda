namespace Portico.EmbeddedHost.SignalR;

/// <summary>
/// Who is connected, and in which groups. Membership of a user outlives its connections, as in Azure, but not the
/// process: clients join again when they connect again.
/// </summary>
internal sealed class HubConnections(TimeProvider clock)
{
    private static readonly TimeSpan UserMembershipLifetime = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Connection> _connections = [];
    private readonly Dictionary<(string Hub, string Group), HashSet<string>> _groups = [];
    private readonly Dictionary<(string Hub, string User), UserMembership> _users = [];

    /// <summary>Adds a connection; returns the groups that its user is in.</summary>
    public IReadOnlyList<string> Add(string hub, string connectionId, string? user)
    {
        lock (_gate)
        {
            _connections[connectionId] = new Connection(hub, user);
            if (user is null || !_users.TryGetValue((hub, user), out var membership))
            {
                return [];
            }

            foreach (var group in membership.Groups)
            {
                JoinOne(connectionId, group);
            }

            return [.. membership.Groups];
        }
    }

    public void Remove(string connectionId)
    {
        lock (_gate)
        {
            if (_connections.TryGetValue(connectionId, out var connection))
            {
                foreach (var group in connection.Groups.ToArray())
                {
                    LeaveOne(connectionId, group);
                }

                _connections.Remove(connectionId);
            }

            ForgetAbsentUsers();
        }
    }

    /// <summary>Puts a connection into a group; false when it is not connected to the hub.</summary>
    public bool Join(string hub, string connectionId, string group)
    {
        lock (_gate)
        {
            if (!IsOn(hub, connectionId))
            {
                return false;
            }

            JoinOne(connectionId, group);
            return true;
        }
    }

    public void Leave(string hub, string connectionId, string group)
    {
        lock (_gate)
        {
            if (IsOn(hub, connectionId))
            {
                LeaveOne(connectionId, group);
            }
        }
    }

    /// <summary>Puts a user into a group, now and when it connects again; returns its connections.</summary>
    public IReadOnlyList<string> JoinUser(string hub, string user, string group)
    {
        lock (_gate)
        {
            if (!_users.TryGetValue((hub, user), out var membership))
            {
                _users[(hub, user)] = membership = new UserMembership();
            }

            membership.Groups.Add(group);
            membership.Touched = clock.GetUtcNow();
            var connections = ConnectionsOf(hub, user);
            connections.ForEach(connectionId => JoinOne(connectionId, group));
            return connections;
        }
    }

    /// <summary>Takes a user out of a group, or of all when <paramref name="group"/> is null; returns what its connections left.</summary>
    public IReadOnlyList<(string ConnectionId, string Group)> LeaveUser(string hub, string user, string? group)
    {
        lock (_gate)
        {
            if (_users.TryGetValue((hub, user), out var membership))
            {
                membership.Groups.RemoveWhere(member => group is null || member == group);
            }

            var left = ConnectionsOf(hub, user)
                .SelectMany(connectionId => _connections[connectionId].Groups.Where(member => group is null || member == group).Select(member => (connectionId, member)))
                .ToList();
            left.ForEach(leaving => LeaveOne(leaving.connectionId, leaving.member));
            return left;
        }
    }

    public int CountAll(string hub)
    {
        lock (_gate)
        {
            return _connections.Values.Count(connection => connection.Hub == hub);
        }
    }

    public int CountGroup(string hub, string group)
    {
        lock (_gate)
        {
            return _groups.TryGetValue((hub, group), out var members) ? members.Count : 0;
        }
    }

    public int CountUser(string hub, string user)
    {
        lock (_gate)
        {
            return ConnectionsOf(hub, user).Count;
        }
    }

    public bool IsConnected(string hub, string connectionId)
    {
        lock (_gate)
        {
            return IsOn(hub, connectionId);
        }
    }

    private bool IsOn(string hub, string connectionId) => _connections.TryGetValue(connectionId, out var connection) && connection.Hub == hub;

    private List<string> ConnectionsOf(string hub, string user) =>
        [.. _connections.Where(pair => pair.Value.Hub == hub && pair.Value.User == user).Select(pair => pair.Key)];

    private void JoinOne(string connectionId, string group)
    {
        var connection = _connections[connectionId];
        connection.Groups.Add(group);
        if (!_groups.TryGetValue((connection.Hub, group), out var members))
        {
            _groups[(connection.Hub, group)] = members = [];
        }

        members.Add(connectionId);
    }

    private void LeaveOne(string connectionId, string group)
    {
        var connection = _connections[connectionId];
        connection.Groups.Remove(group);
        if (_groups.TryGetValue((connection.Hub, group), out var members) && members.Remove(connectionId) && members.Count == 0)
        {
            _groups.Remove((connection.Hub, group));
        }
    }

    // Otherwise a host that runs for months would remember everyone who ever visited.
    private void ForgetAbsentUsers()
    {
        if (_users.Count < 1000)
        {
            return;
        }

        var present = _connections.Values.Select(connection => (connection.Hub, connection.User)).ToHashSet();
        var oldest = clock.GetUtcNow() - UserMembershipLifetime;
        foreach (var user in _users.Where(pair => pair.Value.Touched < oldest && !present.Contains((pair.Key.Hub, pair.Key.User))).Select(pair => pair.Key).ToArray())
        {
            _users.Remove(user);
        }
    }

    private sealed record Connection(string Hub, string? User)
    {
        public HashSet<string> Groups { get; } = [];
    }

    private sealed class UserMembership
    {
        public HashSet<string> Groups { get; } = [];

        public DateTimeOffset Touched { get; set; }
    }
}
