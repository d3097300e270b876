package dev.millrace.http;

/// A body that may still be coming when its call returns.
interface OpenBody {
    /// Lets the context end the body from now on: the call has returned.
    void listen();

    /// Ends the body with `why`.
    void cut(Throwable why);
}
