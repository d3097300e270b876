package dev.millrace.internal;

/// What is thrown where a context has ended; `dev.millrace.context.ContextException` is.
public interface EndNotice {}
