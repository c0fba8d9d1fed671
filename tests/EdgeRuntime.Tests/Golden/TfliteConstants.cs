using System.Buffers.Binary;

namespace EdgeRuntime.Tests.Golden;

/// <summary>
/// Constants of a .tflite file by tensor index: just enough of the flatbuffer layout to test operators apart from the importer.
/// Reads trusted test data only.
/// </summary>
internal sealed class TfliteConstants
{
    private readonly byte[] file;
    private readonly int tensors;
    private readonly int buffers;

    public TfliteConstants(string path)
    {
        file = File.ReadAllBytes(path);
        int model = Follow(0);
        tensors = Field(Follow(Element(Field(model, 2), 0)), 0);
        buffers = Field(model, 4);
    }

    public byte[] Data(int tensor)
    {
        int buffer = Scalar(Tensor(tensor), 2);
        int data = Field(Follow(Element(buffers, buffer)), 0);
        return file.AsSpan(data + 4, Int(data)).ToArray();
    }

    public int[] Shape(int tensor) => Vector(Field(Tensor(tensor), 0), BinaryPrimitives.ReadInt32LittleEndian, 4);

    public float[] Scales(int tensor) => Vector(Field(Field(Tensor(tensor), 4), 2), BinaryPrimitives.ReadSingleLittleEndian, 4);

    private int Tensor(int index) => Follow(Element(tensors, index));

    private T[] Vector<T>(int at, Func<ReadOnlySpan<byte>, T> read, int size)
    {
        var values = new T[Int(at)];
        for (int i = 0; i < values.Length; i++)
            values[i] = read(file.AsSpan(at + 4 + i * size));
        return values;
    }

    private int Int(int at) => BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at));

    private int Follow(int at) => at + Int(at);

    private static int Element(int vector, int index) => vector + 4 + 4 * index;

    private int Slot(int table, int field) =>
        BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(table - Int(table) + 4 + 2 * field));

    private int Field(int table, int field) => Follow(table + Slot(table, field));

    private int Scalar(int table, int field) => Slot(table, field) == 0 ? 0 : Int(table + Slot(table, field));
}
