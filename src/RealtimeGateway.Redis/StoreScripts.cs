namespace RealtimeGateway.Redis;

/// <summary>
/// The steps of the control plane's store. <c>KEYS</c>: state, tokens, revisions, documents. Every revision has a token, drawn by its writer: two
/// nodes that have seen the same number may have seen two histories, after a failover that lost writes, and their tokens tell.
/// </summary>
internal static class StoreScripts
{
    private const string State = """
        local revision = tonumber(redis.call('HGET', KEYS[1], 'revision') or '0')
        local token = redis.call('HGET', KEYS[1], 'token') or ''

        """;

    // Tokens of 256 revisions are kept; a node that is further behind takes its history for another, and reads everything.
    private const string Advance = """
        local function advance(to, name)
          redis.call('HSET', KEYS[1], 'revision', to, 'token', name)
          redis.call('HSET', KEYS[2], to, name)
          redis.call('HDEL', KEYS[2], to - 256)
        end

        """;

    /// <summary>seen revision → revision, token, the token that the seen revision has here.</summary>
    public const string Look = State + "return { revision, token, redis.call('HGET', KEYS[2], ARGV[1]) or '' }";

    /// <summary>→ revision, token, then each document's key and revision.</summary>
    public const string List = State + """
        local result = { revision, token }
        local all = redis.call('HGETALL', KEYS[3])
        for i = 1, #all do result[#result + 1] = all[i] end
        return result
        """;

    /// <summary>expected revision, expected token, new token, then of each write: key, <c>1</c> or <c>0</c> (delete), document → 1 or 0, revision.</summary>
    public const string Write = State + Advance + """
        if revision ~= tonumber(ARGV[1]) or (revision > 0 and token ~= ARGV[2]) then return { 0, revision } end
        revision = revision + 1
        for i = 4, #ARGV, 3 do
          if ARGV[i + 1] == '1' then
            redis.call('HSET', KEYS[3], ARGV[i], revision)
            redis.call('HSET', KEYS[4], ARGV[i], ARGV[i + 2])
          else
            redis.call('HDEL', KEYS[3], ARGV[i])
            redis.call('HDEL', KEYS[4], ARGV[i])
          end
        end
        advance(revision, ARGV[3])
        return { 1, revision }
        """;

    /// <summary>
    /// seen revision, its token, new token, then of each document: key, document → 1 or 0, revision. Only when the store is behind the seen revision. Everything gets a new
    /// revision, so that nobody takes a document of a lost history for one that has the same number in this.
    /// </summary>
    public const string Restore = State + Advance + """
        local seen = tonumber(ARGV[1])
        if revision >= seen then return { 0, revision } end
        redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
        -- Other nodes that have seen the same go on from there.
        redis.call('HSET', KEYS[2], seen, ARGV[2])
        for i = 4, #ARGV, 2 do
          redis.call('HSET', KEYS[3], ARGV[i], seen + 1)
          redis.call('HSET', KEYS[4], ARGV[i], ARGV[i + 1])
        end
        advance(seen + 1, ARGV[3])
        return { 1, seen + 1 }
        """;

    /// <summary>current revision, current token, new token → 1 or 0, revision. What is there stays, all under a new revision: a node has seen another history.</summary>
    public const string Restamp = State + Advance + """
        if revision ~= tonumber(ARGV[1]) or token ~= ARGV[2] then return { 0, revision } end
        revision = revision + 1
        for _, key in ipairs(redis.call('HKEYS', KEYS[3])) do redis.call('HSET', KEYS[3], key, revision) end
        advance(revision, ARGV[3])
        return { 1, revision }
        """;
}
