using EdgeRuntime.Kernels;
using EdgeRuntime.Model;

namespace EdgeRuntime.Tests.Cases;

/// <summary>Runs one kernel on one case, outside of a session, with guarded memory.</summary>
internal static unsafe class KernelRunner
{
    private const byte Guard = 0xA5;

    /// <summary>Whether an entry of the table can run a case on this core.</summary>
    public static bool Supports(KernelEntry entry, Graph graph)
    {
        using var constants = new ConstantStore(graph);
        return entry.Accepts(new KernelRequest(graph, graph.Nodes[0], Cpu.Features, constants), Cpu.Features);
    }

    /// <summary>
    /// Outputs of a kernel. Checks that inputs stay as they are, that nothing is written behind the outputs, that the work done in two ranges of units gives
    /// the same, and, where the kernel says that it can work in place, that in place gives the same.
    /// </summary>
    public static byte[][] Run(KernelEntry entry, Graph graph, byte[][] inputs)
    {
        using var constants = new ConstantStore(graph);
        using Kernel kernel = entry.Create(new KernelRequest(graph, graph.Nodes[0], Cpu.Features, constants));
        byte[][] whole = Run(kernel, graph, inputs, constants, inPlace: false, splitAt: kernel.Units);
        if (kernel.Units > 1)
            Same(whole, Run(kernel, graph, inputs, constants, inPlace: false, splitAt: kernel.Units / 2), entry, "split into two ranges of units");
        int shared = kernel.InPlaceInput;
        if (shared >= 0 && graph.Inputs.Contains(graph.Nodes[0].Inputs[shared]))
            Same(whole, Run(kernel, graph, inputs, constants, inPlace: true, splitAt: kernel.Units), entry, "in place");
        return whole;
    }

    private static byte[][] Run(Kernel kernel, Graph graph, byte[][] inputs, ConstantStore constants, bool inPlace, int splitAt)
    {
        Node node = graph.Nodes[0];
        var buffers = new Dictionary<int, NativeBuffer>();
        for (int i = 0; i < graph.Inputs.Count; i++)
        {
            var buffer = new NativeBuffer(inputs[i].Length);
            inputs[i].CopyTo(new Span<byte>(buffer.Pointer, inputs[i].Length));
            buffers.Add(graph.Inputs[i], buffer);
        }

        foreach (int t in node.Outputs)
        {
            bool shares = inPlace && t == node.Outputs[0];
            NativeBuffer buffer = shares ? buffers[node.Inputs[kernel.InPlaceInput]] : new NativeBuffer(graph.Tensors[t].ByteSize);
            if (!shares)
                new Span<byte>(buffer.Pointer, (int)buffer.Length + NativeBuffer.Slack).Fill(Guard);
            buffers.Add(t, buffer);
        }

        byte** inputPointers = stackalloc byte*[Math.Max(node.Inputs.Count, 1)];
        for (int i = 0; i < node.Inputs.Count; i++)
        {
            int t = node.Inputs[i];
            inputPointers[i] = t < 0 ? null : buffers.TryGetValue(t, out NativeBuffer? b) ? b.Pointer : constants.Address(t);
        }

        byte** outputPointers = stackalloc byte*[node.Outputs.Count];
        for (int i = 0; i < node.Outputs.Count; i++)
            outputPointers[i] = buffers[node.Outputs[i]].Pointer;

        using var scratch = new NativeBuffer(kernel.ScratchBytes);
        new Span<byte>(scratch.Pointer, kernel.ScratchBytes + NativeBuffer.Slack).Fill(Guard);
        var arguments = new KernelArguments(inputPointers, outputPointers, scratch.Pointer);
        kernel.Run(in arguments, 0, splitAt);
        if (splitAt < kernel.Units)
            kernel.Run(in arguments, splitAt, kernel.Units);

        AssertGuard(scratch, kernel.ScratchBytes, "scratch");
        if (!inPlace)
        {
            for (int i = 0; i < graph.Inputs.Count; i++)
                Assert.True(new Span<byte>(buffers[graph.Inputs[i]].Pointer, inputs[i].Length).SequenceEqual(inputs[i]), $"input {i} was changed");
            foreach (int t in node.Outputs)
                AssertGuard(buffers[t], (int)buffers[t].Length, "output");
        }

        byte[][] outputs = [.. node.Outputs.Select(t => new Span<byte>(buffers[t].Pointer, (int)graph.Tensors[t].ByteSize).ToArray())];
        foreach (NativeBuffer buffer in buffers.Values.Distinct())
            buffer.Dispose();
        return outputs;
    }

    private static void AssertGuard(NativeBuffer buffer, int length, string what)
    {
        for (int i = 0; i < NativeBuffer.Slack; i++)
            Assert.True(buffer.Pointer[length + i] == Guard, $"byte {i} behind the {what} was written");
    }

    private static void Same(byte[][] expected, byte[][] actual, KernelEntry entry, string how)
    {
        for (int i = 0; i < expected.Length; i++)
            Assert.True(expected[i].AsSpan().SequenceEqual(actual[i]), $"{entry.Name} {how} gives another output {i}");
    }
}
