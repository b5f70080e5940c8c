namespace RealtimeGateway.Redis;

/// <summary>
/// What is done to the fleet's membership in one step each. All keys have the hash tag of <c>KEYS[1]</c>, the nodes; <c>ARGV[1]</c> is what their
/// names begin with. Redis replicates what a script did, not the script, so that it may ask for the time and for INFO.
/// </summary>
internal static class MembershipScripts
{
    // The run: which server process holds the data, and a random text that only the deletion of everything removes. Services that hide
    // the one leave the other; both hidden, a failover goes unseen and an emptied Redis does not.
    private const string Run = """
        local base = ARGV[1]
        local function run(seed)
          local server = ''
          local text = redis.pcall('INFO', 'server')
          if type(text) == 'string' then server = string.match(text, 'run_id:(%w+)') or '' end
          if server == '' then
            text = redis.pcall('INFO', 'replication')
            if type(text) == 'string' then server = string.match(text, 'master_replid:(%w+)') or '' end
          end
          local epoch = redis.call('GET', base .. 'epoch')
          if not epoch then
            epoch = seed
            redis.call('SET', base .. 'epoch', epoch)
          end
          return string.sub(server, 1, 16) .. '-' .. epoch
        end

        """;

    private const string View = Run + """
        local function view(condemned, name)
          local result = { condemned, name }
          local nodes = redis.call('HGETALL', KEYS[1])
          for i = 1, #nodes, 2 do
            result[#result + 1] = nodes[i]
            result[#result + 1] = nodes[i + 1]
            result[#result + 1] = redis.call('EXISTS', base .. 'lease:' .. nodes[i])
            result[#result + 1] = redis.call('EXISTS', base .. 'tomb:' .. nodes[i])
          end
          return result
        end

        """;

    /// <summary>base, seed of the epoch → 0, run, then of each node: id, entry, has lease, is condemned.</summary>
    public const string Read = View + "return view(0, run(ARGV[2]))";

    /// <summary>base, seed, node, announcement, lease in ms → is condemned, run, then as <see cref="Read"/>.</summary>
    public const string Renew = View + """
        local name = run(ARGV[2])
        if redis.call('EXISTS', base .. 'tomb:' .. ARGV[3]) == 1 then return view(1, name) end
        redis.call('SET', base .. 'lease:' .. ARGV[3], '1', 'PX', ARGV[5])
        redis.call('HSET', KEYS[1], ARGV[3], name .. ' ' .. ARGV[4])
        return view(0, name)
        """;

    // Of no run, for a node that has no entry.
    private const string MakeKnown = """
        local function makeKnown(node)
          if redis.call('HEXISTS', KEYS[1], node) == 0 then redis.call('HSET', KEYS[1], node, ' {}') end
        end

        """;

    /// <summary>base, node: makes it known, if it is not.</summary>
    public const string Mention = MakeKnown + """
        makeKnown(ARGV[2])
        return 1
        """;

    /// <summary>base, seed, the run in which it was decided, dead, reaper, hold in ms, life of the tombstone in ms → 1: the reaper is the one.</summary>
    public const string Condemn = Run + """
        -- Of other data it was decided; in these the node may not have had the time to take its lease.
        if run(ARGV[2]) ~= ARGV[3] then return 0 end
        local dead, reaper = ARGV[4], ARGV[5]
        if redis.call('EXISTS', base .. 'lease:' .. dead) == 1 then return 0 end
        local holder = redis.call('GET', base .. 'reaper:' .. dead)
        if holder and holder ~= reaper then return 0 end
        -- A tombstone without an entry: somebody has buried it already.
        if redis.call('EXISTS', base .. 'tomb:' .. dead) == 1 and redis.call('HEXISTS', KEYS[1], dead) == 0 then return 0 end
        redis.call('SET', base .. 'tomb:' .. dead, reaper, 'PX', ARGV[7])
        redis.call('SET', base .. 'reaper:' .. dead, reaper, 'PX', ARGV[6])
        return 1
        """;

    /// <summary>base, life of the tombstones in ms, how many nodes were condemned, these nodes, then those that are known.</summary>
    public const string Remember = MakeKnown + """
        local base, condemned = ARGV[1], 3 + ARGV[3]
        for i = 4, condemned do
          redis.call('SET', base .. 'tomb:' .. ARGV[i], 'again', 'PX', ARGV[2], 'NX')
        end
        for i = condemned + 1, #ARGV do
          -- Who has left meanwhile has a tombstone and nothing to tell.
          if redis.call('EXISTS', base .. 'tomb:' .. ARGV[i]) == 0 then makeKnown(ARGV[i]) end
        end
        return 1
        """;

    /// <summary>base, dead, reaper, hold in ms → 1: held.</summary>
    public const string Hold = """
        local lock = ARGV[1] .. 'reaper:' .. ARGV[2]
        local holder = redis.call('GET', lock)
        if holder == ARGV[3] then
          redis.call('PEXPIRE', lock, ARGV[4])
          return 1
        end
        -- It ran out, and nobody has taken it nor ended the burial.
        if not holder and redis.call('HEXISTS', KEYS[1], ARGV[2]) == 1 then
          redis.call('SET', lock, ARGV[3], 'PX', ARGV[4])
          return 1
        end
        return 0
        """;

    /// <summary>base, dead, reaper.</summary>
    public const string Forget = """
        local lock = ARGV[1] .. 'reaper:' .. ARGV[2]
        local holder = redis.call('GET', lock)
        if holder and holder ~= ARGV[3] then return 0 end
        redis.call('HDEL', KEYS[1], ARGV[2])
        redis.call('DEL', lock)
        return 1
        """;

    /// <summary>base, node, life of the tombstone in ms → 1; 0: it is condemned, and others tell the ends of its connections.</summary>
    public const string Release = """
        local base, node = ARGV[1], ARGV[2]
        redis.call('DEL', base .. 'lease:' .. node)
        if redis.call('EXISTS', base .. 'tomb:' .. node) == 1 and redis.call('HEXISTS', KEYS[1], node) == 1 then return 0 end
        redis.call('SET', base .. 'tomb:' .. node, 'released', 'PX', ARGV[3])
        redis.call('HDEL', KEYS[1], node)
        return 1
        """;
}
