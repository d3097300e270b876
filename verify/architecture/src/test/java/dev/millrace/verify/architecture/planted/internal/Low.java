package dev.millrace.verify.architecture.planted.internal;

import dev.millrace.verify.architecture.planted.context.High;

/// Uses a layer above its own: the mistake that the canary test must see. Only a generic signature names it.
public final class Low {
    private java.util.@org.jspecify.annotations.Nullable List<High> wrong;
}
