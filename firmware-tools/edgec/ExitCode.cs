namespace EdgeRuntime.Compiler;

/// <summary>What the program's exit code says. The numbers never change: scripts read them.</summary>
internal enum ExitCode
{
    /// <summary>Done.</summary>
    Success = 0,

    /// <summary>A defect of the program itself.</summary>
    Internal = 1,

    /// <summary>The command line is wrong: an unknown verb or option, a missing or impossible value.</summary>
    Usage = 2,

    /// <summary>A file cannot be opened, read or written, or a folder is missing.</summary>
    File = 3,

    /// <summary>A foreign model file (such as .tflite) is damaged or not of its kind.</summary>
    BadImport = 4,

    /// <summary>A model file is sound, but uses an operator, option or type that there is no place for here.</summary>
    Unsupported = 5,

    /// <summary>An .edge model is damaged, wrong or too large.</summary>
    BadModel = 6,

    /// <summary>A data set, a label file or a picture is damaged or does not fit the model.</summary>
    BadData = 7,

    /// <summary>Stopped by the user (Ctrl-C), as shells number it.</summary>
    Interrupted = 130,
}
