namespace RealtimeGateway.Expressions;

/// <summary>Finds several values in a JSON text in one pass.</summary>
/// <remarks>
/// The paths form a tree in preorder: the first child of node n is n + 1, and a node's next sibling is where its subtree ends. Each node has a
/// slot in the caller's array of slices. When a name is repeated in an object the last one counts, with all that lies below it.
/// </remarks>
internal sealed class BodyPaths
{
    /// <summary>Bounds the stack that a reader needs for its slots.</summary>
    public const int MaxNodes = 256;

    private readonly Node[] _nodes;

    private BodyPaths(Node[] nodes) => _nodes = nodes;

    /// <summary>How many slots <see cref="TryFind"/> fills.</summary>
    public int NodeCount => _nodes.Length;

    /// <summary>Compiles paths.</summary>
    /// <param name="paths">At least one.</param>
    /// <param name="slots">For each path the index of its slot.</param>
    /// <returns>null when the paths have more than <see cref="MaxNodes"/> steps between them.</returns>
    public static BodyPaths? Compile(IReadOnlyList<BodyPathStep[]> paths, out int[] slots)
    {
        var root = new Branch(default);
        var leaves = new Branch[paths.Count];
        for (var i = 0; i < leaves.Length; i++)
        {
            var branch = root;
            foreach (var step in paths[i])
            {
                branch = branch.Child(step);
            }

            leaves[i] = branch;
        }

        var nodes = new List<Node>();
        Flatten(root, nodes);
        slots = [.. leaves.Select(static leaf => leaf.Slot)];
        return nodes.Count <= MaxNodes ? new BodyPaths([.. nodes]) : null;
    }

    /// <summary>Looks the paths up. <see langword="false"/> when the text is not JSON, to its very end.</summary>
    /// <param name="body">The JSON text in UTF-8.</param>
    /// <param name="lenient">See <see cref="JsonScanner"/>.</param>
    /// <param name="found">At least <see cref="NodeCount"/> slots.</param>
    public bool TryFind(ReadOnlySpan<byte> body, bool lenient, Span<JsonSlice> found)
    {
        found = found[.._nodes.Length];
        found.Clear();
        var scanner = new JsonScanner(body, lenient);

        // By depth: the node of the container (-1: no path leads here), and the index of an array's next element (-1: an object).
        Span<int> nodes = stackalloc int[JsonScanner.MaxDepth + 1];
        Span<int> elements = stackalloc int[JsonScanner.MaxDepth + 1];
        var depth = 0;
        var member = 0;
        elements[0] = -1;
        while (scanner.Read())
        {
            if (scanner.Piece == JsonPiece.Name)
            {
                member = FindMember(nodes[depth], scanner.Content, scanner.HasEscapes);
                continue;
            }

            if (scanner.Piece is JsonPiece.EndObject or JsonPiece.EndArray)
            {
                var closed = nodes[depth--];
                if (closed >= 0)
                {
                    found[closed] = found[closed] with { Length = scanner.Position - found[closed].Start };
                }

                continue;
            }

            var node = elements[depth] < 0 ? member : FindElement(nodes[depth], elements[depth]++);
            if (node >= 0)
            {
                found[node.._nodes[node].End].Clear();
                found[node] = new JsonSlice(scanner.Start, scanner.Length, KindOf(in scanner));
            }

            if (scanner.Piece is JsonPiece.StartObject or JsonPiece.StartArray)
            {
                nodes[++depth] = node;
                elements[depth] = scanner.Piece == JsonPiece.StartArray ? 0 : -1;
            }
        }

        return !scanner.Failed;
    }

    private static JsonSliceKind KindOf(in JsonScanner scanner) =>
        scanner.Piece is JsonPiece.StartObject or JsonPiece.StartArray ? JsonSliceKind.Container
        : scanner.HasEscapes ? JsonSliceKind.Escaped
        : JsonSliceKind.Plain;

    private int FindMember(int parent, ReadOnlySpan<byte> name, bool hasEscapes)
    {
        if (parent < 0)
        {
            return -1;
        }

        for (var child = parent + 1; child < _nodes[parent].End; child = _nodes[child].End)
        {
            var wanted = _nodes[child].Step.Name;
            if (wanted is not null && (hasEscapes ? JsonEscapes.AreEqual(name, wanted) : name.SequenceEqual(wanted)))
            {
                return child;
            }
        }

        return -1;
    }

    private int FindElement(int parent, int index)
    {
        if (parent < 0)
        {
            return -1;
        }

        for (var child = parent + 1; child < _nodes[parent].End; child = _nodes[child].End)
        {
            if (_nodes[child].Step.Name is null && _nodes[child].Step.Index == index)
            {
                return child;
            }
        }

        return -1;
    }

    private static void Flatten(Branch branch, List<Node> nodes)
    {
        branch.Slot = nodes.Count;
        nodes.Add(default);
        foreach (var child in branch.Children)
        {
            Flatten(child, nodes);
        }

        nodes[branch.Slot] = new Node(branch.Step, nodes.Count);
    }

    private readonly record struct Node(BodyPathStep Step, int End);

    private sealed class Branch(BodyPathStep step)
    {
        public BodyPathStep Step { get; } = step;

        public List<Branch> Children { get; } = [];

        public int Slot { get; set; }

        public Branch Child(BodyPathStep step)
        {
            var child = Children.Find(candidate => candidate.Step.IsSameAs(step));
            if (child is null)
            {
                child = new Branch(step);
                Children.Add(child);
            }

            return child;
        }
    }
}
