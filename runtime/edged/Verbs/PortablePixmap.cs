using System.Text;
using EdgeRuntime.Camera;

namespace EdgeRuntime.Daemon.Verbs;

/// <summary>Writes frames as PPM (P6), the simplest of picture formats.</summary>
internal static class PortablePixmap
{
    /// <summary>The file of a frame, at the frame's size.</summary>
    public static byte[] Of(Frame frame)
    {
        (int width, int height) = (frame.Format.Width, frame.Format.Height);
        var colours = new FramePreprocessor(new FrameTransform { Width = width, Height = height, Channels = 3, Fit = FitMode.Stretch, Mean = [0, 0, 0], Std = [1, 1, 1], Scale = 1, ZeroPoint = 0 });
        float[] values = new float[width * height * 3];
        colours.Run(frame, values);
        byte[] header = Encoding.ASCII.GetBytes($"P6\n{width} {height}\n255\n");
        byte[] file = new byte[header.Length + values.Length];
        header.CopyTo(file, 0);
        for (int i = 0; i < values.Length; i++)
            file[header.Length + i] = (byte)Math.Clamp(MathF.Round(values[i]), 0, 255);
        return file;
    }
}
