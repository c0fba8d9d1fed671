using EdgeRuntime.Daemon;
using EdgeRuntime.Daemon.Verbs;

// One line per verb; each is a file in Verbs/ with a static Create() that declares its options and its action.
return EdgedProgram.Run(
    [
        ServeVerb.Create(),
        RunVerb.Create(),
        ClassifyVerb.Create(),
        BenchVerb.Create(),
        InferVerb.Create(),
        CameraVerb.Create(),
        DoctorVerb.Create(),
        PinsOffVerb.Create(),
    ],
    args,
    Console.Out,
    Console.Error);
