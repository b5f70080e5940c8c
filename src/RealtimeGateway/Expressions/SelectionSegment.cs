namespace RealtimeGateway.Expressions;

/// <summary>One part of a compiled selection expression.</summary>
/// <param name="Variable">What to write; of kind <see cref="SelectionVariableKind.None"/> for literal text.</param>
/// <param name="Literal">Literal text in UTF-8, otherwise empty.</param>
/// <param name="Slot">For values of the body, their slot in <see cref="BodyPaths"/>.</param>
internal readonly record struct SelectionSegment(SelectionVariable Variable, byte[] Literal, int Slot = -1);
