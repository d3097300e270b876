package dev.millrace.http;

/// What ends a body with its context.
interface BodyEnd {
    /// Ends the body, because the context has ended: the client's subscription is cancelled.
    void cut();

    /// Hears that who reads the body wants no more of it, or has it all.
    void over();

    /// Takes it off the context. False when it was not there any more. For tests.
    boolean forget();
}
