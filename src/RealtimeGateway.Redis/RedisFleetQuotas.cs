using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using RealtimeGateway.Cluster;
using RealtimeGateway.Throttling;
using StackExchange.Redis;

namespace RealtimeGateway.Redis;

/// <summary>Divides throttles and counts quotas in Redis: one script for all that a node has to tell.</summary>
internal sealed class RedisFleetQuotas(RedisLink link) : IFleetQuotas
{
    /// <summary>A node that has not spoken for so long has no share any more.</summary>
    private const long ForgottenAfterMilliseconds = 5_000;

    /// <summary>Longer than any period, so that no count is lost within it.</summary>
    private static readonly TimeSpan QuotaLife = TimeSpan.FromDays(40);

    // base, node, count of buckets, when a node is forgotten (ms), life of a quota (ms), per bucket: name, demand; per quota: name, known count, new count.
    //
    // A node that has told its demand of a bucket holds the share it was given; one that has not (it does not know yet that others ask for it) holds an equal
    // part. A share only grows into what nobody holds, so that all together stay at one: others give way first. A tenth is divided equally, whatever the
    // demand, so that nobody starts from nothing.
    private const string Exchange = """
        local base, node, buckets = ARGV[1], ARGV[2], tonumber(ARGV[3])
        local forgotten, life = tonumber(ARGV[4]), ARGV[5]
        local time = redis.call('TIME')
        local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
        redis.call('ZADD', KEYS[1], now, node)
        redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - forgotten)
        redis.call('PEXPIRE', KEYS[1], 2 * forgotten)
        local n = redis.call('ZCARD', KEYS[1])
        local active = base .. 'active'
        local result = { n }
        local at = 6
        for i = 1, buckets do
          local name, demand = ARGV[at], tonumber(ARGV[at + 1])
          at = at + 2
          local key = base .. 'bucket:' .. name
          if demand > 0 then redis.call('ZADD', active, now, name) end
          local held, total, tellers = 0, demand, 0
          local all = redis.call('HGETALL', key)
          for j = 1, #all, 2 do
            if all[j] ~= node then
              local share, asked, told = string.match(all[j + 1], '(%S+) (%S+) (%S+)')
              if not told or now - tonumber(told) > forgotten then
                redis.call('HDEL', key, all[j])
              else
                held = held + tonumber(share)
                total = total + tonumber(asked)
                tellers = tellers + 1
              end
            end
          end
          held = held + math.max(0, n - 1 - tellers) / n
          local least = 0.1 / n
          local share = total > 0 and least + 0.9 * demand / total or 1 / n
          share = math.max(least, math.min(share, 1 - held))
          redis.call('HSET', key, node, string.format('%.6f %.3f %.0f', share, demand, now))
          redis.call('PEXPIRE', key, 2 * forgotten)
          result[#result + 1] = string.format('%.6f', share)
        end
        while at <= #ARGV do
          local key = base .. 'quota:' .. ARGV[at]
          local count = math.max(tonumber(redis.call('GET', key) or '0'), tonumber(ARGV[at + 1])) + tonumber(ARGV[at + 2])
          redis.call('SET', key, string.format('%.0f', count), 'PX', life)
          result[#result + 1] = string.format('%.0f', count)
          at = at + 3
        end
        redis.call('ZREMRANGEBYSCORE', active, '-inf', now - forgotten)
        redis.call('PEXPIRE', active, 2 * forgotten)
        for _, name in ipairs(redis.call('ZRANGE', active, 0, 9999)) do result[#result + 1] = name end
        return result
        """;

    private readonly string _node = RandomNumberGenerator.GetHexString(16, lowercase: true);
    private readonly RedisKey[] _keys = [$"{link.Keys.Limits}nodes"];

    /// <inheritdoc/>
    public async ValueTask<FleetQuotaAnswer?> ExchangeAsync(
        IReadOnlyList<BucketReport> buckets, IReadOnlyList<QuotaReport> quotas, CancellationToken cancellationToken)
    {
        var values = new List<RedisValue>(5 + (2 * buckets.Count) + (3 * quotas.Count))
        {
            link.Keys.Limits, _node, buckets.Count, ForgottenAfterMilliseconds, (long)QuotaLife.TotalMilliseconds,
        };
        foreach (var (name, demand) in buckets)
        {
            values.Add(name);
            values.Add(demand.ToString("f3", CultureInfo.InvariantCulture));
        }

        foreach (var quota in quotas)
        {
            values.Add(quota.Name);
            values.Add(quota.FleetUsed);
            values.Add(quota.Unreported);
        }

        try
        {
            var result = (RedisResult[])(await link.EvaluateAsync(Exchange, _keys, [.. values], cancellationToken))!;
            var parts = result.Skip(1).Select(static part => (string)part!).ToArray();
            return new(
                (int)result[0],
                [.. parts.Take(buckets.Count).Select(static share => double.Parse(share, CultureInfo.InvariantCulture))],
                [.. parts.Skip(buckets.Count).Take(quotas.Count).Select(static total => long.Parse(total, CultureInfo.InvariantCulture))],
                [.. parts.Skip(buckets.Count + quotas.Count)]);
        }
        catch (BackplaneException)
        {
            return null;
        }
    }
}
