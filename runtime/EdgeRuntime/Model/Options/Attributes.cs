namespace EdgeRuntime.Model;

/// <summary>Keys of operator attributes. The numbers are those of the file format and never change; all are below 64.</summary>
internal enum AttributeKey : ushort
{
    StrideHeight = 1,
    StrideWidth = 2,
    DilationHeight = 3,
    DilationWidth = 4,
    PaddingMode = 5,
    PadTop = 6,
    PadBottom = 7,
    PadLeft = 8,
    PadRight = 9,
    Groups = 10,
    Activation = 11,
    FilterHeight = 12,
    FilterWidth = 13,
    Beta = 14,
    Axis = 15,
    Axes = 16,
    KeepDimensions = 17,
    Permutation = 18,
    Before = 19,
    After = 20,
    Begin = 21,
    Stride = 22,
    AlignCorners = 23,
    HalfPixelCenters = 24,
    AccumulatorActivation = 25,
    BinaryPadding = 26,
    ActivationAfterResidual = 27,
}

/// <summary>What kind of value an attribute holds, as stored in the file.</summary>
internal enum AttributeType : ushort
{
    Int = 1,
    Float = 2,
    Ints = 3,
}

/// <summary>One attribute of an operator: a key with an integer, a float or a list of integers.</summary>
internal readonly record struct OperatorAttribute(AttributeKey Key, AttributeType Type, int Int, float Float, int[]? Ints)
{
    public static OperatorAttribute Of(AttributeKey key, int value) => new(key, AttributeType.Int, value, 0, null);

    public static OperatorAttribute Of(AttributeKey key, float value) => new(key, AttributeType.Float, 0, value, null);

    public static OperatorAttribute Of(AttributeKey key, int[] value) => new(key, AttributeType.Ints, 0, 0, value);
}

/// <summary>Collects the attributes of an operator; values equal to the default are left out.</summary>
internal sealed class AttributeWriter
{
    private readonly List<OperatorAttribute> attributes = [];

    public IReadOnlyList<OperatorAttribute> Attributes => attributes;

    public void Write(AttributeKey key, int value, int omitted)
    {
        if (value != omitted)
            attributes.Add(OperatorAttribute.Of(key, value));
    }

    public void Write(AttributeKey key, float value, float omitted)
    {
        if (BitConverter.SingleToInt32Bits(value) != BitConverter.SingleToInt32Bits(omitted))
            attributes.Add(OperatorAttribute.Of(key, value));
    }

    public void Write(AttributeKey key, IReadOnlyList<int> values) => attributes.Add(OperatorAttribute.Of(key, [.. values]));

    public void Write(Padding2D padding)
    {
        Write(AttributeKey.PaddingMode, (int)padding.Mode, 0);
        Write(AttributeKey.PadTop, padding.Top, 0);
        Write(AttributeKey.PadBottom, padding.Bottom, 0);
        Write(AttributeKey.PadLeft, padding.Left, 0);
        Write(AttributeKey.PadRight, padding.Right, 0);
    }
}

/// <summary>Hands out the attributes of an operator by key, and refuses at the end those that were not asked for.</summary>
internal sealed class AttributeReader(string operatorName, IReadOnlyList<OperatorAttribute> attributes)
{
    private ulong asked;

    public int Int(AttributeKey key, int omitted) => Find(key, AttributeType.Int)?.Int ?? omitted;

    public float Float(AttributeKey key, float omitted) => Find(key, AttributeType.Float)?.Float ?? omitted;

    public IReadOnlyList<int> Ints(AttributeKey key) => Find(key, AttributeType.Ints)?.Ints ?? [];

    public T Enum<T>(AttributeKey key)
        where T : struct, Enum
    {
        int value = Int(key, 0);
        T result = (T)System.Enum.ToObject(typeof(T), value);
        if (!System.Enum.IsDefined(result))
            throw new EdgeModelException(ModelError.Corrupt, $"operator '{operatorName}': attribute {key} is {value}, which is no {typeof(T).Name}");
        return result;
    }

    public Padding2D Padding() => new(
        Enum<PaddingMode>(AttributeKey.PaddingMode),
        Int(AttributeKey.PadTop, 0),
        Int(AttributeKey.PadBottom, 0),
        Int(AttributeKey.PadLeft, 0),
        Int(AttributeKey.PadRight, 0));

    /// <summary>Refuses attributes that the operator's options did not ask for: a newer file must not be run as an older one.</summary>
    public void Finish()
    {
        foreach (OperatorAttribute a in attributes)
        {
            if ((int)a.Key >= 64 || (asked & (1UL << (int)a.Key)) == 0)
                throw new EdgeModelException(ModelError.Unsupported, $"operator '{operatorName}': attribute {(int)a.Key} is not known to this runtime");
        }
    }

    private OperatorAttribute? Find(AttributeKey key, AttributeType type)
    {
        asked |= 1UL << (int)key;
        foreach (OperatorAttribute a in attributes)
        {
            if (a.Key != key)
                continue;
            if (a.Type != type)
                throw new EdgeModelException(ModelError.Corrupt, $"operator '{operatorName}': attribute {key} is stored as {a.Type}, not as {type}");
            return a;
        }

        return null;
    }
}
