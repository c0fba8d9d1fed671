namespace EdgeRuntime.Kernels.Binary.Conv2D;

/// <summary>Layout of the output transform's constants for one block of filters.</summary>
internal unsafe interface IBlockConstants
{
    /// <summary>Bytes of a block, a multiple of 16.</summary>
    int Bytes { get; }

    /// <summary>Writes the constants of the block that starts at filter <paramref name="first"/>; filters beyond the last get neutral ones.</summary>
    void Write(BinaryOutput output, int first, byte* to);
}
