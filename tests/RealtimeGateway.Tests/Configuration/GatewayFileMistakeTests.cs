using System.Text;
using RealtimeGateway.Configuration;

namespace RealtimeGateway.Tests.Configuration;

public sealed class GatewayFileMistakeTests
{
    /// <summary>The text of a file with one mistake; where it is told; what the message says, the mend included.</summary>
    public static TheoryData<string, int, int, string> Mistakes => new()
    {
        // Names
        { "apis:\n  a:\n    rotues: {}\n", 3, 5, "unknown member 'rotues'; did you mean 'routes'?" },
        { "apis:\n  a:\n    lenient_json: true\n", 3, 5, "unknown member 'lenient_json'; did you mean 'lenientJson'?" },
        { "apis:\n  a:\n    zzz: 1\n", 3, 5, "unknown member 'zzz'; possible here: name, routeSelectionExpression, lenientJson, allowedOrigins, apiKeySelectionExpression, " },
        { "apis: { a: { integrations: { b: { type: MOCK, timeoutInMillis: 5 } } } }", 1, 47, "unknown member 'timeoutInMillis'; here it is called 'timeout'" },
        { "apis:\n  a:\n    routes:\n      x: t\n      y: t\n      x: u\n", 6, 7, "'x' is written twice, first in line 4; remove or rename one of them" },
        { "apis:\n  Chat: {}\n", 2, 3, "'Chat' is not an API id; use 1 to 63 of a-z, 0-9 and '-', neither first nor last a hyphen" },
        { "apis: { a: { stages: { \"my stage\": } } }", 1, 24, "'my stage' is not a stage name; use 1 to 128 letters, digits, '-' and '_'" },
        { "apis: { a: { stages: { \"prod\\n\": } } }", 1, 24, "'prod\\n' is not a stage name" },
        { "apis:\n  ? [x]\n  : {}\n", 2, 5, "a list cannot be a name; write text before the ':'" },
        // Kinds
        { "apis: []", 1, 7, "expected a mapping of names to apis, but found a list; write each as 'name: …' on its own line" },
        { "apis:\n  a: hello\n", 2, 6, "expected a mapping with some of name, routeSelectionExpression" },
        { "- apis\n", 1, 1, "expected a mapping with some of defaultApi, apis, apiKeys, usagePlans, domains, accountSettings, but found a list" },
        { "just text", 1, 1, "expected a mapping with some of defaultApi, apis, apiKeys, usagePlans, domains, accountSettings, but found 'just text'" },
        { "apis: { a: { routes: { x: [t] } } }", 1, 27, "expected target as text, or a mapping with some of target, routeResponse, concurrency, " },
        { "apis: { a: { allowedOrigins: { x: y } } }", 1, 30, "expected a list; each item text, but found a mapping; start each item with '- '" },
        { "apis: { a: { integrations: { m: { type: MOCK, requestTemplates: { $default: {\"statusCode\":200} } } } } }", 1, 77, "expected text, but found a mapping; text that starts with '{' or contains ': ' needs quotes" },
        { "apis: { a: { lenientJson: yes } }", 1, 27, "'yes' is no boolean; write true" },
        { "apis: { a: { lenientJson: maybe } }", 1, 27, "expected true or false, but found 'maybe'" },
        { "apis:\n  a:\n    lenientJson:\n", 3, 17, "expected true or false, but found nothing; write it, or remove the member to get its default" },
        { "defaultApi: A B\n", 1, 13, "expected an API id: 1 to 63 of a-z, 0-9 and '-', neither first nor last a hyphen, but found 'A B'" },
        { "apis: { a: { routes: { x: { concurrency: sequential } } } }", 1, 42, "expected serial, parallel or { parallel: 32 }, but found 'sequential'" },
        { "apis: { a: { routes: { x: { concurrency: { parallel: 5000 } } } } }", 1, 54, "'5000' is out of range; write a whole number from 1 to 1,024" },
        // Integrations
        { "apis:\n  a:\n    integrations:\n      b: { uri: 'http://x' }\n", 4, 7, "'type' is missing in the integration 'b'; add 'type: …'" },
        { "apis: { a: { integrations: { b: { type: HTTPPROXY } } } }", 1, 41, "'HTTPPROXY' is unknown; did you mean HTTP_PROXY?" },
        { "apis: { a: { integrations: { b: { type: SMTP } } } }", 1, 41, "expected one of HTTP_PROXY, HTTP, AWS_PROXY, AWS, MOCK, but found 'SMTP'" },
        { "apis: { a: { integrations: { b: { type: MOCK, timeout: 30 } } } }", 1, 56, "'30' has no unit; write 30s for seconds or 30ms for milliseconds" },
        { "apis: { a: { integrations: { b: { type: MOCK, timeout: 30sec } } } }", 1, 56, "expected a duration such as 250ms, 10s, 10m or 2h, but found '30sec'" },
        { "apis: { a: { integrations: { b: { type: MOCK, timeout: 00:00:30 } } } }", 1, 56, "expected a duration such as 250ms, 10s, 10m or 2h, but found '00:00:30'" },
        { "apis: { a: { integrations: { b: { type: MOCK, timeout: 1h } } } }", 1, 56, "'1h' is out of range; write 50ms to 15m" },
        { "apis: { a: { integrations: { b: { type: MOCK, timeout: off } } } }", 1, 56, "expected a duration such as 250ms, 10s, 10m or 2h, but found 'off'" },
        { "apis: { a: { integrations: { b: { type: MOCK, maxResponse: -1 } } } }", 1, 60, "expected a size such as 4096 (bytes), 32KiB or 1MiB, but found '-1'" },
        { "apis: { a: { integrations: { b: { type: MOCK, maxResponse: 2GiB } } } }", 1, 60, "'2GiB' is out of range; write 1B to 1GiB" },
        { "apis: { a: { integrations: { b: { type: MOCK, responses: { 4xx: x } } } } }", 1, 60, "'4xx' is not a response key; use $default or a regular expression between slashes" },
        { "apis: { a: { stages: { s: { limits: { maxFragments: 99999999999 } } } } }", 1, 53, "'99999999999' is out of range; write a whole number from 1 to 2,147,483,647, or off" },
        // Environment
        { "apis: { a: { name: \"${env:NOT_SET}\" } }", 1, 20, "the environment has no variable 'NOT_SET'; set it, or write ${env:NOT_SET:-default}" },
        { "apis: { a: { name: \"${env:SECRET\" } }", 1, 20, "'${env:SECRET' is no reference to the environment; write ${env:NAME} or ${env:NAME:-default}" },
        { "apis: { a: { lenientJson: \"${env:SECRET}\" } }", 1, 27, "expected true or false, but found '${env:SECRET}'" },
        // YAML
        { "apis:\n\ta: {}\n", 2, 1, "a tab stands in the indentation; YAML indents with spaces only" },
        { "apis:\n  a: {}\n   b: {}\n", 3, 4, "this line does not fit the lines above" },
        { "apis:\n  a:\n    name: x\n   routes: {}\n", 4, 4, "this line does not fit the lines above; indent members of one mapping by the same number of spaces" },
        { "apis:\n  a:\n    name: Chat: the best\n", 3, 15, "put quotes around text that contains ': '" },
        { "apis: { a: { name: x }\n", 2, 1, "inside '{ }' a ',' or the closing '}' is missing before this" },
        { "apis:\n  a:\n    allowedOrigins: [x, y\n    name: z\n", 4, 5, "before this a closing bracket" },
        { "apis:\n  a:\n    name: \"Chat\n", 3, 11, "the quotes opened here are never closed; add the closing quote" },
        { "apis:\n  a:\n    name: @home\n", 3, 11, "text cannot start with this character; put quotes around it" },
        { "apis:\n  a:\n    name: \"C:\\Users\"\n", 3, 11, "this escape is unknown" },
        { "apis: {}\n---\napis: {}\n", 2, 1, "a second document starts here ('---'); one file holds one document" },
        { "apis:\n  a: *base\n", 2, 6, "'*base' refers to an anchor that is not above; write '&base' before the node that is meant" },
        { "apis: &x\n  a: *x\n", 2, 6, "'*x' refers to itself" },
        { "apis:\n  a: { <<: 5 }\n", 2, 8, "'<<' merges mappings, but found '5'; write '<<: *anchor' with the anchor of a mapping" },
        { "apis: { a: { name: !secret x } }", 1, 20, "the tag '!secret' means nothing here; remove it" },
        { "apis:\n  a:\u0001 {}\n", 2, 5, "a control character (U+0001) stands here; remove it" },
        { "apis: {}\n\0\nrest", 2, 1, "a control character (U+0000) stands here; remove it" },
        { "", 1, 1, "the file holds nothing; write 'apis: {}' to serve nothing" },
        { "# only a comment\n", 1, 1, "the file holds nothing; write 'apis: {}' to serve nothing" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Parse_OneMistake_IsToldWithItsPlaceAndItsMend(string text, int line, int column, string message)
    {
        var result = GatewayFile.Parse(text, "gateway.yaml", Samples.Environment);

        Assert.Null(result.Configuration);
        var error = Assert.Single(result.Errors);
        Assert.StartsWith($"gateway.yaml:{line}:{column}: ", error.ToString(), StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.ToString());
    }

    [Fact]
    public void Parse_SeveralMistakes_TellsAllInTheOrderOfTheFile()
    {
        const string Text = """
            defaultApi: NO
            apis:
              chat:
                rotues: {}
                lenientJson: 5
                integrations:
                  b: { timeout: 5 }
                  c: { type: MOKC, uri: [] }
                stages:
                  "a b": { limits: { maxFrame: big, idleTimeout: never } }
              BAD: { name: "${env:NOT_SET}" }
            extra: 1
            """;

        var result = GatewayFile.Parse(Text, "f", Samples.Environment);

        Assert.Null(result.Configuration);
        Assert.Equal(
            [(1, 13), (4, 5), (5, 18), (7, 7), (7, 21), (8, 18), (8, 29), (10, 7), (10, 36), (10, 54), (11, 3), (11, 16), (12, 1)],
            result.Errors.Select(error => (error.Line, error.Column)));
    }

    [Fact]
    public void Parse_MistakeBehindAnAlias_IsToldOnce()
    {
        var result = GatewayFile.Parse("x-l: &l { maxFrame: big }\napis: { a: { stages: { s: { limits: *l }, t: { limits: *l } } } }", "f");

        Assert.Equal((1, 21), Assert.Single(result.Errors.Select(error => (error.Line, error.Column))));
    }

    [Fact]
    public void Parse_AliasesThatMultiply_IsRefused()
    {
        var text = new StringBuilder("x-0: &a0 { x: y }\n");
        for (var i = 1; i < 40; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"x-{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n");
        }

        Assert.Contains("aliases multiply", Assert.Single(GatewayFile.Parse(text.ToString(), "f").Errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{ a: ", "}")]
    [InlineData("- ", "")]
    public void Parse_TooDeep_IsRefused(string open, string close)
    {
        var text = string.Concat(Enumerable.Repeat(open, 5000)) + string.Concat(Enumerable.Repeat(close, 5000));

        Assert.Contains("more than 64 levels", Assert.Single(GatewayFile.Parse(text, "f").Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_TooLarge_IsRefused() =>
        Assert.Contains("larger than 16 MiB", Assert.Single(GatewayFile.Parse(new byte[GatewayFile.MaxBytes + 1], "f").Errors).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_NotUtf8_SaysWhere()
    {
        var error = Assert.Single(GatewayFile.Parse([.. "apis:\n  a: "u8, 0xC3, 0x28], "f").Errors);

        Assert.Equal("f:2:6: these bytes are not UTF-8; save the file in UTF-8", error.ToString());
    }

    [Fact]
    public void Parse_SecretInTheWrongPlace_IsNotPrinted()
    {
        const string Text = "defaultApi: \"${env:SECRET} !\"\napis: { a: { \"${env:SECRET}\": 1, lenientJson: \"${env:SECRET}\", routes: { x: { concurrency: \"${env:SECRET}\" } } } }";

        var errors = GatewayFile.Parse(Text, "f", Samples.Environment).Errors;

        Assert.Equal(4, errors.Length);
        Assert.DoesNotContain(errors, error => error.Message.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public void Parse_FilesCutAndFlippedAtRandom_NeverThrowsAndIsEitherGoodOrTold()
    {
        const int Seed = 20260;
        var random = new Random(Seed);
        var good = Encoding.UTF8.GetBytes(Samples.Everything);
        var refused = 0;
        for (var round = 0; round < 2000; round++)
        {
            var bytes = good.AsSpan(0, round % 2 == 0 ? random.Next(good.Length) : good.Length).ToArray();
            for (var flips = round % 2 == 0 ? random.Next(2) : 1 + random.Next(4); flips > 0 && bytes.Length > 0; flips--)
            {
                bytes[random.Next(bytes.Length)] = random.Next(2) == 0 ? (byte)random.Next(256) : (byte)"{}[]:,-&*!|>'\"%@#\t\n \0"[random.Next(21)];
            }

            var result = GatewayFile.Parse(bytes, "f", Samples.Environment);
            Assert.True(result.Configuration is null == result.Errors.Length > 0, $"seed {Seed}, round {round}");
            Assert.All(result.Errors, error => Assert.True(error is { Line: >= 1, Column: >= 1, Message.Length: > 0 }, $"seed {Seed}, round {round}"));
            refused += result.Errors.IsEmpty ? 0 : 1;
        }

        Assert.InRange(refused, 500, 1999);
    }
}
