/// HTTP under a context: calls and bodies that end with it, and the headers that carry it to the next program.
///
/// # Headers
///
/// Nothing of a context is sent or read unless a [Propagation] says so. Client and server share that one object:
///
/// ```java
/// static final Propagation POLICY = Propagation.none()
///         .withDeadline(DeadlineHeader.GRPC_TIMEOUT)
///         .withTrace()
///         .withBaggage("tenant")
///         .withValue(LOCALE, "x-locale");
/// ```
package dev.millrace.http;
