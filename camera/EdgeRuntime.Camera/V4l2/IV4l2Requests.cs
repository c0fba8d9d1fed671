namespace EdgeRuntime.Camera;

/// <summary>A video device that answers the requests of linux/videodev2.h.</summary>
internal interface IV4l2Requests
{
    /// <summary>Device file, for messages.</summary>
    string Path { get; }

    /// <summary>One request; returns errno, 0 on success.</summary>
    int TryRequest<T>(uint code, ref T argument)
        where T : unmanaged;
}
